import type { Cell, CellGradient, Node } from '@secateur/kernels';
import { givenOf, programOf, type Program, type Store } from './program.ts';

/** Where what comes back through a product goes. */
export interface Target {
  readonly slot: string;
  /** Whether it is added to what is there. */
  readonly add: boolean;
}

/** The way back through a step; see `CellPrograms`. */
export interface BackPrograms {
  readonly back: readonly Program[];
  readonly tail: Program;
  readonly targets: ReadonlyMap<string, Target>;
}

/** Derives the programs of the way back. */
export function backwardPrograms(cell: Cell, gradient: CellGradient): BackPrograms {
  const count = cell.stages.length;
  const nodes = [...gradient.nodes];
  const slots = new Map<number, string>();
  // By node, which of the programs can compute it first; undefined where that needs no gradient.
  const first: (number | undefined)[] = [];
  gradient.nodes.forEach(({ op, args, name }, at) => {
    const ofArgs = args.map((arg) => first[arg]).filter((each) => each !== undefined);
    first[at] = ofArgs.length === 0 ? undefined : Math.max(...ofArgs);
    if (op === 'upstream') first[at] = 0;
    if (op !== 'back') return;
    first[at] =
      count - cell.stages.findIndex((s) => s.products.some(({ blocks }) => blocks === name));
    slots.set(at, `back ${name}`);
  });
  gradient.nodes.forEach(({ op, name }, at) => {
    if (op !== 'upstream') return;
    slots.set(at, `dstate ${name}`);
    if (name !== cell.output) return;
    const args = [nodes.push({ op, args: [] }) - 1, nodes.push({ op, args: [] }) - 1] as const;
    slots.set(args[0], `dstate ${name}`).set(args[1], 'dy').delete(at);
    nodes[at] = { op: 'add', args };
  });

  const parts = gradient.stages.flatMap((stage) => Object.entries(stage.blocks));
  const outputs: Store[] = [
    ...parts.map(([name, { input, recurrent }]) => ({
      at: recurrent ?? input!,
      slot: `dz ${name}`,
    })),
    ...parts.flatMap(([name, { input, recurrent = input }]) =>
      input === undefined || input === recurrent ? [] : [{ at: input, slot: `apart ${name}` }],
    ),
    ...Object.entries(gradient.parameters).map(([name, at]) => ({
      at,
      slot: `dparameter ${name}`,
    })),
  ];
  const states = Object.entries(gradient.states).map(([name, at]) => ({
    at,
    slot: `dstate ${name}`,
  }));
  const uses = usesOf(nodes, [...outputs, ...states]);
  const targets = new Map<string, Target>();
  for (const [at, slot] of slots) {
    if (slot.startsWith('back ') && uses.has(at)) targets.set(slot.slice(5), { slot, add: false });
  }
  // What comes back to a state through one product alone goes straight to the state's gradient.
  for (const store of states) {
    const late = (at: number): boolean => first[at] === count;
    const [back, rest] = uses.get(store.at) === 1 ? directly(nodes, store.at, late, uses) : [];
    if (back === undefined) outputs.push(store);
    else targets.set(nodes[back]!.name!, { slot: store.slot, add: rest !== undefined });
    if (rest !== undefined) outputs.push({ at: rest, slot: store.slot });
  }

  const given = givenOf(cell, gradient);
  const asides = new Map<number, string>();
  const programs: Program[] = [];
  for (let k = count; k >= 0; k--) {
    const source = (at: number): string | undefined => {
      const since = first[at];
      const known = slots.get(at) ?? (at < gradient.nodes.length ? given(at) : undefined);
      if (since === undefined || since >= k || nodes[at]!.op === 'back') return known;
      asides.set(at, `aside ${at}`);
      return `aside ${at}`;
    };
    const stores = [...outputs, ...[...asides].map(([at, slot]) => ({ at, slot }))];
    programs.push(
      programOf(
        nodes,
        source,
        stores.filter(({ at }) => (first[at] ?? 0) === k),
      ),
    );
  }
  const [tail, ...back] = programs;
  return { back, tail: tail!, targets };
}

/** The node itself if it is what came back through a product alone, or that and the other term if it is a sum. */
function directly(
  nodes: readonly Node[],
  at: number,
  late: (at: number) => boolean,
  uses: ReadonlyMap<number, number>,
): [back?: number, rest?: number] {
  const isBack = (node: number): boolean =>
    nodes[node]!.op === 'back' && late(node) && uses.get(node) === 1;
  if (isBack(at)) return [at];
  const { op, args } = nodes[at]!;
  const [a, b] = args as [number, number];
  if (op !== 'add') return [];
  if (isBack(b) && !late(a)) return [b, a];
  return isBack(a) && !late(b) ? [a, b] : [];
}

/** How often each node is taken, by others or by stores. */
function usesOf(nodes: readonly Node[], stores: readonly Store[]): Map<number, number> {
  const uses = new Map<number, number>();
  const take = (at: number): void => {
    const before = uses.get(at) ?? 0;
    uses.set(at, before + 1);
    if (before === 0) nodes[at]!.args.forEach(take);
  };
  stores.forEach(({ at }) => take(at));
  return uses;
}
