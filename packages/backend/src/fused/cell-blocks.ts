// Columns of a cell's weights: which blocks a product has, and where they stand.
import { blockOrder, type Cell } from '@secateur/kernels';
import type { CellInputs } from './cell-kernel.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import type { CellAttributes } from './cell-values.ts';

/** Columns that belong to blocks, as wide as there are units each. */
export interface Columns<M> {
  /** The blocks, letter by letter. */
  readonly order: string;
  /** Their columns side by side. */
  readonly all: M;
}

/** The letters of `order` that `blocks` has. */
export const lettersOf = (order: string, blocks: string): string =>
  [...order].filter((name) => blocks.includes(name)).join('');

/** The letters of `order` that `blocks` has not. */
export const lettersBut = (order: string, blocks: string): string =>
  [...order].filter((name) => !blocks.includes(name)).join('');

/** Prepares to take some of the blocks in `order`, in the order in which they stand; of none there are no columns to look at. */
export function taker<M extends Matrix>(
  ops: CellOperations<M>,
  order: string,
  blocks: string,
  units: number,
): (all: M) => M {
  const letters = lettersOf(order, blocks);
  if (letters === order || letters === '') return (all) => all;
  const first = order.indexOf(letters);
  if (first >= 0) return ops.columns(first * units, letters.length * units);
  const cut = ops.cutter(order.length);
  const positions = [...letters].map((name) => order.indexOf(name));
  return (all) => {
    const parts = cut(all);
    return ops.join(
      positions.map((at) => parts[at]!),
      1,
    );
  };
}

/** Prepares to take some of the blocks in `order`, and the others. */
export function divider<M extends Matrix>(
  ops: CellOperations<M>,
  order: string,
  blocks: string,
  units: number,
): (all: M) => readonly [these: M, others: M] {
  const these = lettersOf(order, blocks);
  const others = lettersBut(order, blocks);
  if (these !== '' && others !== '' && (these + others === order || others + these === order)) {
    const first = these + others === order;
    const cut = ops.cutter(
      (first ? [these, others] : [others, these]).map((each) => each.length * units),
    );
    return (all) => {
      const [a, b] = cut(all) as [M, M];
      return first ? [a, b] : [b, a];
    };
  }
  const [take, leave] = [taker(ops, order, these, units), taker(ops, order, others, units)];
  return (all) => [take(all), leave(all)];
}

/** The columns of some of the blocks, in the order in which they stand. */
export function columnsOf<M extends Matrix>(
  ops: CellOperations<M>,
  { order, all }: Columns<M>,
  blocks: string,
): Columns<M> {
  const units = order === '' ? 0 : all.shape[1]! / order.length;
  return { order: lettersOf(order, blocks), all: taker(ops, order, blocks, units)(all) };
}

/** Puts blocks of columns side by side in some order; where a block is in several parts, the last one's is taken. */
export function inOrder<M extends Matrix>(
  ops: CellOperations<M>,
  order: string,
  parts: readonly Columns<M>[],
): M {
  if (parts.length === 1 && parts[0]!.order === order) return parts[0]!.all;
  const blocks = new Map(
    parts.flatMap((part) => {
      const cut = part.order.length === 1 ? [part.all] : ops.cutter(part.order.length)(part.all);
      return [...part.order].map((name, k) => [name, cut[k]!] as const);
    }),
  );
  return ops.join(
    [...order].map((name) => blocks.get(name)!),
    1,
  );
}

/** The recurrent weights of each repetition. */
export function recurrentLevels<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  { weights }: CellInputs<M>,
  { order }: CellAttributes,
  depth: number,
): Columns<M>[] {
  const { recurrent } = blockOrder(cell, order);
  if (recurrent === '')
    return Array.from({ length: depth }, () => ({ order: '', all: undefined as never }));
  return partsOf(ops, weights['recurrent']!, depth).map((all) => ({ order: recurrent, all }));
}

/** Cuts into parts of as many columns each. */
export const partsOf = <M extends Matrix>(ops: CellOperations<M>, x: M, count: number): M[] =>
  count === 1 ? [x] : ops.cutter(count)(x);
