// When the way back through a step evaluates what. A round is one program: round 0 goes back through the last stage of a step, the
// next round through the stage before, and each begins with the products of the stage that the round before went through. What
// is left after the products of the first stage is done at the beginning of round 0 of the step before.
import { type Cell, cellGradient, type CellGradient } from '@secateur/kernels';

/** The rounds of the way back through a cell. */
export interface GradientRounds {
  /** The gradient, with as few products as there are. */
  readonly gradient: CellGradient;
  /** By node, the first round that can evaluate it; -1 for those that depend on no gradient. */
  readonly rounds: readonly number[];
  /** The nodes that a later round needs. */
  readonly carried: readonly number[];
  /** Whether both parts of every block have the same gradient. */
  readonly shared: boolean;
}

/** Finds the rounds of a cell; what is left is of the round after those of its stages. */
export function gradientRounds(cell: Cell): GradientRounds {
  const gradient = cellGradient(cell, { hoist: false });
  const { nodes, stages, states, parameters } = gradient;
  const rounds: number[] = [];
  for (const { op, args, name } of nodes) {
    const through = cell.stages.findIndex(({ products }) =>
      products.some(({ blocks }) => blocks === name),
    );
    if (op === 'back') rounds.push(stages.length - through);
    else rounds.push(op === 'upstream' ? 0 : Math.max(-1, ...args.map((at) => rounds[at]!)));
  }
  const slopes = stages.flatMap(({ blocks }) => Object.values(blocks));
  const carried = new Set<number>();
  const seen = new Set<number>();
  const need = (at: number, round: number): void => {
    if (rounds[at]! >= 0 && rounds[at]! < round) carried.add(at);
    if (seen.has(at)) return;
    seen.add(at);
    for (const arg of nodes[at]!.args) need(arg, rounds[at]!);
  };
  for (const at of Object.values(states)) need(at, stages.length);
  const others = [...slopes.flatMap((each) => Object.values(each)), ...Object.values(parameters)];
  for (const at of others as number[]) need(at, rounds[at]!);
  return {
    ...{ gradient, rounds, carried: [...carried] },
    shared: slopes.every(({ input, recurrent }) => input === recurrent),
  };
}
