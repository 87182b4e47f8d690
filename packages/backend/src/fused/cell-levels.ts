// What the way back through a cell knows before its first step: values that are evaluated again, and the factors that gradients
// are multiplied by, for all steps at once.
import { type Cell, type CellGradient, savedBy } from '@secateur/kernels';
import type { BackPlan, Factored } from './cell-back-plan.ts';
import { columnsOf, partsOf, recurrentLevels } from './cell-blocks.ts';
import { cellDepth, type CellDone, type CellInputs } from './cell-kernel.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import {
  constantLeaves,
  spread,
  valueOf,
  type CellAttributes,
  type NodeValues,
} from './cell-values.ts';

/** One repetition at all steps. */
export interface Level<M> {
  /** What is known at a step beside gradients. */
  readonly valuesAt: (t: number) => NodeValues<M>;
  /** The value of a node that depends on no gradient at all steps. */
  readonly all: (at: number) => M;
  /** The products, in the order in which they are gone back through. */
  readonly groups: readonly Group<M>[];
}

/** A product with the blocks that share it. */
interface Group<M> {
  /** The leaf of the gradient that comes back through it. */
  readonly back: number;
  /** The blocks in the order of their columns. */
  readonly order: string;
  /** What the product read at all steps, `[time * batch, units]`. */
  readonly read: M;
  /** Multiplies with its columns of the recurrent weights, turned round. */
  readonly multiply: (by: M) => M;
  /** The gradients of the blocks at a step, side by side. */
  readonly slopes: (of: (at: number) => M, t: number) => M;
}

/** The repetitions of a cell, with all that does not depend on later steps. */
export function levelsOf<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  gradient: CellGradient,
  plan: BackPlan,
  inputs: CellInputs<M>,
  done: CellDone<M>,
  attributes: CellAttributes,
): Level<M>[] {
  const [batch, units] = inputs.states[cell.output]!.shape as [number, number];
  const rows = inputs.x.shape[0]!;
  const time = rows / batch;
  const { nodes } = gradient;
  const depth = cellDepth(cell, inputs.weights);
  const leaves = constantLeaves(ops, nodes, cell, inputs, attributes);
  const constants = [...leaves];
  for (const at of plan.given.constant) valueOf(ops, nodes, constants, at);
  // For all steps at once a mask is there for each of them.
  const repeated = leaves.map((leaf, at) =>
    leaf && nodes[at]!.op === 'mask' ? ops.join(new Array<M>(time).fill(leaf), 0) : leaf,
  );
  const weights = recurrentLevels(ops, cell, inputs, attributes, depth);
  return knownValues(ops, cell, gradient, inputs, done, attributes, depth).map((known, level) => {
    const values = [...repeated];
    known.forEach((value, at) => (values[at] = value));
    const all = (at: number): M => valueOf(ops, nodes, values, at);
    const varying = plan.given.varying.map((at) => [at, ops.rowBlocks(all(at), time)] as const);
    const side = (parts: readonly M[]): M => (parts.length === 1 ? parts[0]! : ops.join(parts, 1));
    const slopesOf = (slopes: readonly Factored[], together: boolean): Group<M>['slopes'] => {
      if (!together) {
        return (of) => side(slopes.map(({ from }) => spread(ops, of(from), [batch, units])));
      }
      const factors = ops.rowBlocks(side(slopes.map(({ factor }) => all(factor!))), time);
      return (of, t) => ops.mul(side(slopes.map(({ from }) => of(from))), factors[t]!);
    };
    return {
      all,
      valuesAt(t) {
        const now = constants.slice();
        for (const [at, steps] of varying) now[at] = steps[t];
        return now;
      },
      groups: plan.products.map(({ read, blocks, back, slopes, together }): Group<M> => {
        const { order, all: matrix } = columnsOf(ops, weights[level]!, blocks);
        return {
          back,
          order,
          multiply: ops.multiplier(matrix, true),
          read: spread(ops, all(read), [rows, units]),
          slopes: slopesOf(
            [...order].map((name) => slopes.get(name)!),
            together,
          ),
        };
      }),
    };
  });
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
  const cut = (all: M, count: number): M[] => (count === 0 ? [] : partsOf(ops, all, count));
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

/**
 * The state before each step, `[time * batch, units]`, from that before the first `[batch, units]` and those after each.
 *
 * @example
 * ```ts
 * import { statesBefore, type CellOperations } from '@secateur/backend/kernels';
 *
 * // Lists in place of matrices of one column.
 * const column = (...values: number[]) => ({ shape: [values.length, 1], values });
 * type Column = ReturnType<typeof column>;
 * const operations: Partial<CellOperations<Column>> = {
 *   firstRows: ({ values }, count) => column(...values.slice(0, count)),
 *   join: (parts) => column(...parts.flatMap(({ values }) => values)),
 * };
 * const before = statesBefore(operations as CellOperations<Column>, column(1), column(2, 3, 4));
 * before.values; // => [1, 2, 3]
 * ```
 */
export function statesBefore<M extends Matrix>(ops: CellOperations<M>, first: M, after: M): M {
  const rows = after.shape[0]! - first.shape[0]!;
  return rows === 0 ? first : ops.join([first, ops.firstRows(after, rows)], 0);
}
