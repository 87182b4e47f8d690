// Columns of a cell's weights: which blocks a product has, and where they stand.
import { biasNames, blockOrder, type Cell } from '@secateur/kernels';
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

/** The columns of some of the blocks, in the order in which they stand; of none there are no columns to look at. */
export function columnsOf<M extends Matrix>(
  ops: CellOperations<M>,
  { order, all }: Columns<M>,
  blocks: string,
): Columns<M> {
  const wanted = lettersOf(order, blocks);
  if (wanted === order || wanted === '') return { order: wanted, all };
  const width = all.shape[1]! / order.length;
  const first = order.indexOf(wanted);
  if (first >= 0) {
    return { order: wanted, all: ops.columns(all, first * width, wanted.length * width) };
  }
  return inOrder(ops, wanted, [{ order, all }]);
}

/** The columns of some of the blocks, and those of the others. */
export function divide<M extends Matrix>(
  ops: CellOperations<M>,
  columns: Columns<M>,
  blocks: string,
): [these: Columns<M>, others: Columns<M>] {
  const { order, all } = columns;
  const these = lettersOf(order, blocks);
  const others = [...order].filter((name) => !these.includes(name)).join('');
  const parts = [these, others].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (these === '' || others === '' || parts.join('') !== order)
    return [columnsOf(ops, columns, these), columnsOf(ops, columns, others)];
  const width = all.shape[1]! / order.length;
  const cut = ops.columnBlocks(
    all,
    parts.map(({ length }) => length * width),
  );
  const of = (letters: string): Columns<M> => ({
    order: letters,
    all: cut[parts.indexOf(letters)]!,
  });
  return [of(these), of(others)];
}

/** Puts blocks of columns side by side in some order; where a block is in several parts, the last one's is taken. */
export function inOrder<M extends Matrix>(
  ops: CellOperations<M>,
  order: string,
  parts: readonly Columns<M>[],
): Columns<M> {
  if (parts.length === 1 && parts[0]!.order === order) return parts[0]!;
  const blocks = new Map(parts.flatMap((part) => [...blocksOf(ops, part)]));
  const wanted = [...order].map((name) => blocks.get(name)!);
  return { order, all: ops.join(wanted, 1) };
}

/** Each block by its letter. */
export function blocksOf<M extends Matrix>(
  ops: CellOperations<M>,
  { order, all }: Columns<M>,
): Map<string, M> {
  const cut = order.length === 1 ? [all] : ops.columnBlocks(all, order.length);
  return new Map([...order].map((name, k) => [name, cut[k]!]));
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
  return ops.columnBlocks(weights['recurrent']!, depth).map((all) => ({ order: recurrent, all }));
}

/** The biases of the input's part, `[1, columns]`, and of each repetition's recurrent part; undefined where there are none. */
export interface Biases<M> {
  readonly input: M | undefined;
  readonly recurrent: readonly (Columns<M> | undefined)[];
}

/** The biases with the shifts of the blocks in them: beside the input's product, or in each repetition. */
export function biasesOf<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  { weights }: CellInputs<M>,
  { order, settings = {} }: CellAttributes,
  units: number,
  depth: number,
): Biases<M> {
  const orders = blockOrder(cell, order);
  const names = biasNames(cell);
  const shifted = (bias: M | undefined, letters: string): M | undefined => {
    const shifts = [...letters].map((name) => {
      const { shift = 0 } = cell.blocks.find((block) => block.name === name)!;
      return typeof shift === 'number' ? shift : (settings[shift] ?? cell.settings[shift]!);
    });
    if (shifts.every((shift) => shift === 0)) return bias;
    const added = ops.join(
      shifts.map((shift) => ops.fill([1, units], shift)),
      1,
    );
    return bias === undefined ? added : ops.add(bias, added);
  };
  const given = (name: string | undefined): M | undefined =>
    name === undefined ? undefined : weights[name];
  const input = given(names.input);
  const own = given(names.recurrent);
  const levels: readonly (M | undefined)[] =
    own === undefined ? new Array<undefined>(depth).fill(undefined) : ops.columnBlocks(own, depth);
  return {
    input: cell.repeats ? input : shifted(input, orders.input),
    recurrent: levels.map((bias) => {
      const all = cell.repeats ? shifted(bias, orders.recurrent) : bias;
      return all === undefined ? undefined : { order: orders.recurrent, all };
    }),
  };
}
