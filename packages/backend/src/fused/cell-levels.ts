// What the way back through a cell knows before its first step: values that are evaluated again, and the factors that gradients
// are multiplied by, for all steps at once.
import { type Cell, type CellGradient, savedBy } from '@secateur/kernels';
import { columnsOf, recurrentLevels } from './cell-blocks.ts';
import { cellDepth, type CellDone, type CellInputs } from './cell-kernel.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import {
  constantLeaves,
  spread,
  nodeValues,
  type CellAttributes,
  type NodeValues,
} from './cell-values.ts';

/** One repetition at all steps. */
export interface Level<M> {
  /** The value at one step of a node that depends on no gradient; undefined for the others. */
  readonly rowsAt: (at: number, t: number) => M | undefined;
  /** The products, in the order in which they are gone back through. */
  readonly groups: readonly Group<M>[];
  /** Gradients that no step waits for, by node: of the input parts that are not those of the recurrent parts, of parameters. */
  readonly later: ReadonlyMap<number, Later<M>>;
}

/** A product with the blocks that share it. */
export interface Group<M> {
  /** The leaf of the gradient that comes back through it. */
  readonly back: number;
  /** The blocks in the order of their columns. */
  readonly order: string;
  /** What the product read at all steps, `[time * batch, units]`. */
  readonly read: M;
  /** Multiplies with its columns of the recurrent weights, turned round. */
  readonly multiply: (by: M) => M;
  /** The gradients of the blocks at a step, side by side. */
  readonly slopes: (values: NodeValues<M>, t: number) => M;
}

/** A gradient that is computed for all steps at once: one that each step has, times a factor. */
export interface Later<M> {
  /** The node of the one that each step has. */
  readonly from: number;
  /** The factor at all steps, if there is one. */
  readonly factor: M | undefined;
}

/** The repetitions of a cell, with all that does not depend on later steps. */
export function levelsOf<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  gradient: CellGradient,
  inputs: CellInputs<M>,
  done: CellDone<M>,
  attributes: CellAttributes,
): Level<M>[] {
  const [batch, units] = inputs.states[cell.output]!.shape as [number, number];
  const rows = inputs.x.shape[0]!;
  const time = rows / batch;
  const depth = cellDepth(cell, inputs.weights);
  const leaf = constantLeaves(ops, gradient.nodes, cell, inputs, attributes);
  const repeated = new Map<M, M>();
  /** A mask for all steps. */
  const repeat = (mask: M): M => {
    const all = repeated.get(mask) ?? ops.join(new Array<M>(time).fill(mask), 0);
    repeated.set(mask, all);
    return all;
  };
  const weights = recurrentLevels(ops, cell, inputs, attributes, depth);
  const depends = dependsOnGradients(gradient);
  return knownValues(ops, cell, gradient, inputs, done, attributes, depth).map((known, level) => {
    const values = nodeValues(ops, gradient.nodes, (node, at) => {
      const value = known.get(at) ?? leaf(node);
      return node.op === 'mask' ? repeat(value!) : value;
    });
    const cut = new Map<number, readonly M[]>();
    const rowsAt = (at: number, t: number): M | undefined => {
      if (depends[at]) return undefined;
      const steps = cut.get(at);
      if (steps !== undefined) return steps[t];
      const node = gradient.nodes[at]!;
      const all = node.op === 'mask' ? leaf(node)! : values.of(at);
      if (all.shape[0] !== rows) return all;
      cut.set(at, ops.rowBlocks(all, time));
      return rowsAt(at, t);
    };
    const met = new Set<number>();
    // What the steps will ask for is computed now: a step's scope would free it.
    const prepare = (at: number): void => {
      if (met.has(at)) return;
      met.add(at);
      if (depends[at]) gradient.nodes[at]!.args.forEach(prepare);
      else rowsAt(at, 0);
    };
    /** A gradient and its factor at all steps. */
    const factored = (at: number): Later<M> => {
      const { op, args } = gradient.nodes[at]!;
      const [a, b] = args as [number, number];
      const factor = op === 'mul' && depends[a] && !depends[b] ? values.of(b) : undefined;
      const found =
        factor?.shape[0] === rows ? { from: a, factor } : { from: at, factor: undefined };
      prepare(found.from);
      return found;
    };
    const slopesOf = (places: readonly number[]): Group<M>['slopes'] => {
      const pairs = places.map(factored);
      const side = (parts: readonly M[]): M =>
        parts.length === 1 ? parts[0]! : ops.join(parts, 1);
      // Where each gradient is another one times a factor, one product does for all of them.
      if (pairs.every(({ factor }) => factor !== undefined)) {
        const factors = ops.rowBlocks(side(pairs.map(({ factor }) => factor!)), time);
        return (step, t) => ops.mul(side(pairs.map(({ from }) => step.of(from))), factors[t]!);
      }
      places.forEach(prepare);
      return (step) => side(places.map((at) => spread(ops, step.of(at), [batch, units])));
    };
    const groups = cell.stages.toReversed().flatMap((stage, s) =>
      stage.products.map(({ read, blocks }): Group<M> => {
        const { order, all } = columnsOf(ops, weights[level]!, blocks);
        const found = gradient.stages[cell.stages.length - 1 - s]!.blocks;
        return {
          order,
          back: gradient.nodes.findIndex(({ op, name }) => op === 'back' && name === blocks),
          read: spread(ops, values.of(read), [rows, units]),
          multiply: ops.multiplier(all, true),
          slopes: slopesOf([...order].map((name) => found[name]!.recurrent!)),
        };
      }),
    );
    Object.values(gradient.states).forEach(prepare);
    const later = [
      ...(level === 0 ? Object.values(inputsApart(gradient)) : []),
      ...Object.values(gradient.parameters),
    ];
    return { rowsAt, groups, later: new Map(later.map((at) => [at, factored(at)])) };
  });
}

/** By block, the gradient of its input part, where that is not the gradient of its recurrent part. */
export function inputsApart({ stages }: CellGradient): Record<string, number> {
  const blocks = stages.flatMap((stage) => Object.entries(stage.blocks));
  return Object.fromEntries(
    blocks.flatMap(([name, { input, recurrent }]) =>
      input === undefined || input === recurrent ? [] : [[name, input] as const],
    ),
  );
}

/** By node, whether it depends on a gradient. */
function dependsOnGradients({ nodes }: CellGradient): boolean[] {
  const depends: boolean[] = [];
  for (const { op, args } of nodes)
    depends.push(op === 'upstream' || op === 'back' || args.some((arg) => depends[arg]));
  return depends;
}

/** By node, what a repetition left behind at all steps, `[time * batch, units]`. */
function knownValues<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  gradient: CellGradient,
  { states }: CellInputs<M>,
  { y, activations, saved }: CellDone<M>,
  { order }: CellAttributes,
  depth: number,
): Map<number, M>[] {
  const keeps = savedBy(cell, gradient, order);
  const cut = (all: M, count: number): M[] => (count === 0 ? [] : ops.columnBlocks(all, count));
  const gates = cut(activations, depth * keeps.activations.length);
  const after = cut(saved, depth * keeps.states.length);
  const stateAfter = (name: string, level: number): M => {
    const at = keeps.states.indexOf(name);
    return at < 0 ? y : after[level * keeps.states.length + at]!;
  };
  return Array.from({ length: depth }, (_, level) => {
    const known = new Map<number, M>();
    for (const name of cell.states) known.set(cell.next[name]!, stateAfter(name, level));
    gradient.nodes.forEach(({ op, name = '' }, at) => {
      if (op !== 'state') return;
      known.set(
        at,
        level > 0
          ? stateAfter(name, level - 1)
          : statesBefore(ops, states[name]!, stateAfter(name, depth - 1)),
      );
    });
    keeps.activations.forEach((at, k) =>
      known.set(at, gates[level * keeps.activations.length + k]!),
    );
    return known;
  });
}

/** The state before each step, from that before the first `[batch, units]` and those after each `[time * batch, units]`. */
export function statesBefore<M extends Matrix>(ops: CellOperations<M>, first: M, after: M): M {
  const rows = after.shape[0]! - first.shape[0]!;
  return rows === 0 ? first : ops.join([first, ops.firstRows(after, rows)], 0);
}
