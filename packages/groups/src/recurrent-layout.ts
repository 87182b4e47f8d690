import { type Cell, weightBlocks } from '@secateur/kernels';
import { cellLayout, checkUnits } from './from-notation.ts';
import { GroupError } from './error.ts';
import type { Layout } from './types.ts';

/** Options of {@link recurrentLayout}. */
export interface RecurrentLayoutOptions {
  /** Prefix of the weights' names: `name/kernel`, `name/recurrent`, `name/bias` and what else the cell has. */
  readonly name: string;
  /** The input axis in the notation, for instance `embed` or `fwd + bwd`. */
  readonly input: string;
  /** Name of the hidden dimension. */
  readonly units: string;
  /** Repetitions in a step, of a cell that repeats; default 1. */
  readonly depth?: number;
  /** Sizes of the dimensions that occur; others are left out. */
  readonly dims: Readonly<Record<string, number>>;
}

/**
 * The layout of a recurrent cell's weights, which follows from its definition: the kernel reads the input, the recurrent weights
 * read the units, and every block of columns writes them.
 *
 * @throws {@link GroupError} when `units` is not one dimension, or `depth` no whole number from 1, or above it for a cell that
 * does not repeat.
 *
 * @example
 * ```ts
 * import { layoutToJson, recurrentLayout } from '@secateur/groups';
 * import { lstmCell } from '@secateur/kernels';
 *
 * const dims = { embed: 4, h: 3 };
 * layoutToJson(recurrentLayout(lstmCell, { name: 'lstm', input: 'embed', units: 'h', dims })).weights;
 * // => { 'lstm/kernel': 'embed -> 4*h', 'lstm/recurrent': 'h -> 4*h', 'lstm/bias': '-> 4*h' }
 * ```
 */
export function recurrentLayout(cell: Cell, options: RecurrentLayoutOptions): Layout {
  const caller = 'recurrentLayout';
  return cellLayout(caller, options.dims, notationOfCell(caller, cell, options));
}

/**
 * The weights of {@link recurrentLayout} in the notation, by name.
 *
 * @throws {@link GroupError} as {@link recurrentLayout} does.
 */
export function recurrentNotation(
  cell: Cell,
  options: Omit<RecurrentLayoutOptions, 'dims'>,
): Record<string, string> {
  return notationOfCell('recurrentNotation', cell, options);
}

function notationOfCell(
  caller: string,
  cell: Cell,
  options: Omit<RecurrentLayoutOptions, 'dims'>,
): Record<string, string> {
  const { name, input, units, depth = 1 } = options;
  checkUnits(caller, units);
  if (!Number.isSafeInteger(depth) || depth < 1) {
    throw new GroupError(
      `${caller}: expected a whole recurrence depth of 1 or more, found ${String(depth)}; the paper's has 10`,
    );
  }
  if (depth > 1 && !cell.repeats) {
    throw new GroupError(
      `${caller}: expected a depth of 1, found ${depth}; the cell "${cell.name}" does not repeat`,
    );
  }
  const reads: Record<string, string> = { kernel: `${input} `, recurrent: `${units} ` };
  const weights = Object.entries(weightBlocks(cell, depth)).map(([weight, blocks]) => {
    const written = blocks === 1 ? units : `${blocks}*${units}`;
    return [`${name}/${weight}`, `${reads[weight] ?? ''}-> ${written}`] as const;
  });
  return Object.fromEntries(weights);
}
