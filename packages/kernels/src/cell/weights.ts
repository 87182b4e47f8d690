import { shown } from '@secateur/input';
import { KernelError } from '../error.ts';
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
 */
export function blockOrder(cell: Cell, order?: string): BlockOrder {
  const own = cell.blocks.map(({ name }) => name).join('');
  const wanted = order ?? own;
  if (!isOrder(wanted, own)) {
    throw new KernelError(
      `blockOrder: expected the blocks of ${shown(cell.name)} in some order, a permutation of "${own}", found ${shown(order)}; name each block once.`,
    );
  }
  const having = (part: 'input' | 'recurrent'): string =>
    [...wanted].filter((name) => cell.blocks.find((block) => block.name === name)![part]).join('');
  return { input: having('input'), recurrent: having('recurrent') };
}

/**
 * The shapes of a cell's weights: `kernel [input, blocks * units]` for the blocks that have an input part, `recurrent [units,
 * depth * blocks * units]` for those that have a recurrent part, the biases that it has, and its parameters by name. What a
 * cell does not have is left out.
 */
export function weightShapes(cell: Cell, sizes: CellSizes): Record<string, readonly number[]> {
  const { input, units, depth = 1 } = sizes;
  const order = blockOrder(cell);
  const inputColumns = order.input.length * units;
  const recurrentColumns = depth * order.recurrent.length * units;
  const { inputBias, recurrentBias } = biasesOf(cell);
  return {
    ...(order.input === '' ? {} : { kernel: [input, inputColumns] }),
    ...(order.recurrent === '' ? {} : { recurrent: [units, recurrentColumns] }),
    ...(inputBias ? { bias: [inputColumns] } : {}),
    ...(recurrentBias ? { recurrentBias: [recurrentColumns] } : {}),
    ...Object.fromEntries(cell.parameters.map((name) => [name, [units]])),
  };
}

/** Which biases a cell has, in words of its weights. */
export function biasesOf(cell: Cell): {
  readonly inputBias: boolean;
  readonly recurrentBias: boolean;
} {
  const { bias, blocks } = cell;
  const has = (part: 'input' | 'recurrent'): boolean =>
    (bias === part || bias === 'both') && blocks.some((block) => block[part]);
  return { inputBias: has('input'), recurrentBias: has('recurrent') };
}
