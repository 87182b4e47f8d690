import type { Cell } from './cell.ts';
import type { CellGradient } from './gradient.ts';
import { blockOrder } from './weights.ts';

/** What a repetition of a step saves for its way back, side by side and `[batch, units]` each, in this order. */
export interface Saved {
  /** Nodes: those that have a block's place, in the order of the blocks in the weights, then the others. */
  readonly activations: readonly number[];
  /** States after it: all of a cell that repeats, else those that are not its output. */
  readonly states: readonly string[];
}

/**
 * What a cell with blocks in some order saves; see {@link blockOrder}.
 *
 * @example
 * ```ts
 * import { cellGradient, lstmCell, savedBy } from '@secateur/kernels';
 *
 * const { activations, states } = savedBy(lstmCell, cellGradient(lstmCell));
 * // The gates i, f and o and the candidate g, and the cell state; the output is there anyway.
 * activations.map((at) => lstmCell.nodes[at]!.op); // => ['sigmoid', 'sigmoid', 'tanh', 'sigmoid']
 * states; // => ['c']
 * ```
 */
export function savedBy(cell: Cell, { kept }: Pick<CellGradient, 'kept'>, order?: string): Saved {
  blockOrder(cell, order);
  const letters = cell.blocks.map(({ name }) => name).join('');
  const blocks = [...(order ?? letters)].map(
    (name) => kept.find(({ block }) => block === name)?.node,
  );
  const others = kept.filter(({ block }) => block === undefined).map(({ node }) => node);
  return {
    activations: [...blocks.filter((node) => node !== undefined), ...others],
    states: cell.states.filter((name) => cell.repeats || name !== cell.output),
  };
}
