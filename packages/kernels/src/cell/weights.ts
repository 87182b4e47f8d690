import { shown } from '@secateur/input';
import { argumentError } from '../error.ts';
import type { Cell } from './cell.ts';
import { isOrder } from './check-cell.ts';

/** Where the columns of a cell's blocks stand in its weights: block by block, each as wide as there are units. */
export interface BlockOrder {
  /** The blocks of `kernel` and `bias`, letter by letter. */
  readonly input: string;
  /** The blocks of `recurrent` and `recurrentBias`, of each repetition. */
  readonly recurrent: string;
}

/** What the sizes of a cell's weights depend on. */
export interface CellSizes {
  /** Features per step. */
  readonly input: number;
  /** Hidden units. */
  readonly units: number;
  /** Repetitions in a step, of a cell that repeats; default 1. */
  readonly depth?: number;
}

/**
 * The order of a cell's blocks in its weights. `order` is a permutation of all blocks, by default the cell's own.
 *
 * @throws {@link KernelError} when it is not.
 *
 * @example
 * ```ts
 * import { blockOrder, gruCell } from '@secateur/kernels';
 *
 * blockOrder(gruCell); // => { input: 'zrn', recurrent: 'zrn' }
 * blockOrder(gruCell, gruCell.orders['torch']); // => { input: 'rzn', recurrent: 'rzn' }
 * ```
 */
export function blockOrder(cell: Cell, order?: string): BlockOrder {
  const letters = cell.blocks.map(({ name }) => name).join('');
  const wanted = order ?? letters;
  if (!isOrder(wanted, letters)) {
    const known = Object.entries(cell.orders).map(([name, each]) => `"${each}" for ${name}`);
    const such = known.length === 0 ? '' : `, such as ${known.join(', ')}`;
    throw argumentError(
      `blockOrder: expected the order of the blocks of ${shown(cell.name)} to be a permutation of "${letters}", found ${shown(order)}; name each block once${such}.`,
    );
  }
  const having = (part: 'input' | 'recurrent'): string =>
    [...wanted].filter((name) => cell.blocks.find((block) => block.name === name)![part]).join('');
  return { input: having('input'), recurrent: having('recurrent') };
}

/** Checks numbers of features and units, and how often a cell runs in a step. */
export function checkSizes(
  caller: string,
  cell: Cell,
  { depth = 1, ...counts }: Readonly<Record<string, number>> & { readonly depth?: number },
): void {
  for (const [name, count] of Object.entries(counts)) {
    if (Number.isSafeInteger(count) && count >= 0) continue;
    throw argumentError(
      `${caller}: expected ${name} to be a whole number from 0, found ${shown(count)}; pass the size of a layer.`,
    );
  }
  if (depth !== 1 && !cell.repeats) {
    throw argumentError(
      `${caller}: expected a depth of 1, found ${shown(depth)}; ${shown(cell.name)} does not repeat.`,
    );
  }
  if (Number.isSafeInteger(depth) && depth >= 1) return;
  throw argumentError(
    `${caller}: expected depth to be a whole number from 1, found ${shown(depth)}; leave it out for 1.`,
  );
}

/**
 * How many blocks of columns, each as wide as there are units, the weights of a cell have: `kernel [input, blocks]` for the blocks
 * that have an input part, `recurrent [units, blocks]` for those that have a recurrent part, of every repetition, the biases,
 * and a block for each parameter. What a cell does not have is left out.
 *
 * @throws {@link KernelError} for a depth that is no whole number from 1, or that the cell does not have.
 *
 * @example
 * ```ts
 * import { gruCell, rhnCell, weightBlocks } from '@secateur/kernels';
 *
 * weightBlocks(gruCell); // => { kernel: 3, recurrent: 3, bias: 3, recurrentBias: 3 }
 * weightBlocks(rhnCell, 5); // => { kernel: 2, recurrent: 10, bias: 10 }
 * ```
 */
export function weightBlocks(cell: Cell, depth = 1): Record<string, number> {
  checkSizes('weightBlocks', cell, { depth });
  const { input, recurrent } = blockOrder(cell);
  const counts = { input: input.length, recurrent: depth * recurrent.length };
  const biases = biasNames(cell);
  return Object.fromEntries([
    ...(counts.input === 0 ? [] : [['kernel', counts.input]]),
    ...(counts.recurrent === 0 ? [] : [['recurrent', counts.recurrent]]),
    ...(biases.input === undefined ? [] : [[biases.input, counts.input]]),
    ...(biases.recurrent === undefined ? [] : [[biases.recurrent, counts.recurrent]]),
    ...cell.parameters.map((name) => [name, 1]),
  ]) as Record<string, number>;
}

/**
 * The shapes of a cell's weights, by name: those of {@link weightBlocks}.
 *
 * @throws {@link KernelError} for sizes that are no whole numbers from 0, and for a depth that the cell does not have.
 *
 * @example
 * ```ts
 * import { lstmCell, weightShapes } from '@secateur/kernels';
 *
 * weightShapes(lstmCell, { input: 2, units: 3 }); // => { kernel: [2, 12], recurrent: [3, 12], bias: [12] }
 * ```
 */
export function weightShapes(cell: Cell, sizes: CellSizes): Record<string, readonly number[]> {
  const { input, units, depth = 1 } = sizes;
  checkSizes('weightShapes', cell, { input, units, depth });
  const rows: Record<string, number[]> = { kernel: [input], recurrent: [units] };
  return Object.fromEntries(
    Object.entries(weightBlocks(cell, depth)).map(([name, blocks]) => [
      name,
      [...(rows[name] ?? []), blocks * units],
    ]),
  );
}

/**
 * What a cell's biases are called: that of the input's part and that of the recurrent part. A cell that has one calls it `bias`,
 * and one that has both calls the second `recurrentBias`.
 *
 * @example
 * ```ts
 * import { biasNames, gruCell, lstmCell, rhnCell } from '@secateur/kernels';
 *
 * biasNames(lstmCell); // => { input: 'bias' }
 * biasNames(rhnCell); // => { recurrent: 'bias' }
 * biasNames(gruCell); // => { input: 'bias', recurrent: 'recurrentBias' }
 * ```
 */
export function biasNames({ bias, blocks }: Cell): Partial<Record<'input' | 'recurrent', string>> {
  const has = (part: 'input' | 'recurrent'): boolean =>
    (bias === part || bias === 'both') && blocks.some((block) => block[part]);
  const input = has('input') ? 'bias' : undefined;
  const recurrent = has('recurrent') ? (bias === 'both' ? 'recurrentBias' : 'bias') : undefined;
  return {
    ...(input === undefined ? {} : { input }),
    ...(recurrent === undefined ? {} : { recurrent }),
  };
}
