// Columns of a cell's weights: which blocks a product has, and where they stand.
import {
  add,
  fill,
  reshape,
  concat,
  type Rank,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { biasNames, blockOrder, type Cell } from '@secateur/kernels';
import type { CellAttributes, CellTensors } from './cell-values.ts';
import { columnBlocks, columns, join } from './direct.ts';

/** Columns that belong to blocks, as wide as there are units each. */
export interface Columns {
  /** The blocks, letter by letter. */
  readonly order: string;
  /** Their columns side by side. */
  readonly all: Tensor2D;
}

/** The columns of some of the blocks, in the order in which they stand. */
export function columnsOf({ order, all }: Columns, blocks: string): Columns {
  const wanted = [...order].filter((name) => blocks.includes(name)).join('');
  if (wanted === order) return { order, all };
  const width = all.shape[1] / order.length;
  const first = order.indexOf(wanted);
  if (first >= 0) return { order: wanted, all: columns(all, first * width, wanted.length * width) };
  const parts = columnBlocks(all, order.length);
  return {
    order: wanted,
    all: join(
      [...wanted].map((name) => parts[order.indexOf(name)]!),
      1,
    ),
  };
}

/** Puts blocks of columns side by side in some order; where a block is in several parts, the last one's is taken. */
export function inOrder(order: string, parts: readonly Columns[]): Tensor2D {
  if (parts.length === 1 && parts[0]!.order === order) return parts[0]!.all;
  const blocks = new Map(
    parts.flatMap((part) => {
      const cut = part.order.length === 1 ? [part.all] : columnBlocks(part.all, part.order.length);
      return [...part.order].map((name, k) => [name, cut[k]!] as const);
    }),
  );
  return join(
    [...order].map((name) => blocks.get(name)!),
    1,
  );
}

/** The recurrent weights of each repetition. */
export function recurrentLevels(
  cell: Cell,
  { weights }: CellTensors,
  { order }: CellAttributes,
  depth: number,
): Columns[] {
  const { recurrent } = blockOrder(cell, order);
  if (recurrent === '')
    return Array.from({ length: depth }, () => ({ order: '', all: undefined as never }));
  return columnBlocks(weights['recurrent']!, depth).map((all) => ({ order: recurrent, all }));
}

/** How often the cell runs in a step, from the width of its recurrent weights. */
export function depthOf(cell: Cell, { weights }: CellTensors, units: number): number {
  const blocks = blockOrder(cell).recurrent.length;
  return cell.repeats ? weights['recurrent']!.shape[1]! / (blocks * units) : 1;
}

/** The biases of the input's part, `[1, columns]`, and of each repetition's recurrent part; undefined where there are none. */
export interface Biases {
  readonly input: Tensor2D | undefined;
  readonly recurrent: readonly (Columns | undefined)[];
}

/** The biases with the shifts of the blocks in them: beside the input's product, or in each repetition. */
export function biasesOf(
  cell: Cell,
  { weights }: CellTensors,
  { order, settings = {} }: CellAttributes,
  units: number,
  depth: number,
): Biases {
  const orders = blockOrder(cell, order);
  const names = biasNames(cell);
  const shifted = (bias: Tensor | undefined, letters: string): Tensor | undefined => {
    const shifts = [...letters].map((name) => {
      const { shift = 0 } = cell.blocks.find((block) => block.name === name)!;
      return typeof shift === 'number' ? shift : (settings[shift] ?? cell.settings[shift]!);
    });
    if (shifts.every((shift) => shift === 0)) return bias;
    const added: Tensor = concat(
      shifts.map((shift) => fill<Rank.R2>([1, units], shift)),
      1,
    );
    return bias === undefined ? added : add(bias, added);
  };
  const given = (name: string | undefined): Tensor | undefined =>
    name === undefined ? undefined : weights[name];
  const asRow = (bias: Tensor | undefined): Tensor2D | undefined =>
    bias === undefined ? undefined : reshape<Rank.R2>(bias, [1, bias.size]);
  const input = asRow(given(names.input));
  const own = asRow(given(names.recurrent));
  const levels =
    own === undefined ? Array.from({ length: depth }, () => undefined) : columnBlocks(own, depth);
  return {
    input: cell.repeats ? input : (shifted(input, orders.input) as Tensor2D | undefined),
    recurrent: levels.map((bias) => {
      const all = cell.repeats ? shifted(bias, orders.recurrent) : bias;
      return all === undefined ? undefined : { order: orders.recurrent, all: all as Tensor2D };
    }),
  };
}
