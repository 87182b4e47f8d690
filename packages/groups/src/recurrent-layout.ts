import { checkOptions } from '@secateur/input';
import { type Cell, weightBlocks } from '@secateur/kernels';
import { argumentError } from './error.ts';
import { layoutOfWeights } from './build-layout.ts';
import { dimensionAxis, repeatAxis, weightExpression } from './notation/expression.ts';
import { parseAxis } from './notation/parse-axis.ts';
import type { AxisExpression, Layout, WeightExpression } from './types.ts';

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
 * @throws {@link GroupError} when `units` is no dimension of `dims`, or `depth` no whole number from 1, or above it for a cell
 * that does not repeat.
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
  const names = { name: true, input: true, units: true, depth: true, dims: true } as const;
  checkOptions(caller, options, names, argumentError);
  const { dims, ...rest } = options;
  return layoutOfWeights(recurrentWeights(cell, rest, caller), dims, caller);
}

/**
 * What the weights of {@link recurrentLayout} read and write, by name. `caller` opens every error message.
 *
 * @throws {@link GroupError} as {@link recurrentLayout} does.
 *
 * @example
 * ```ts
 * import { formatWeight, recurrentWeights } from '@secateur/groups';
 * import { gruCell } from '@secateur/kernels';
 *
 * const weights = recurrentWeights(gruCell, { name: 'gru', input: 'fwd + bwd', units: 'h1' });
 * formatWeight(weights['gru/kernel']!); // => fwd + bwd -> 3*h1
 * formatWeight(weights['gru/recurrent']!); // => h1 -> 3*h1
 * ```
 */
export function recurrentWeights(
  cell: Cell,
  options: Omit<RecurrentLayoutOptions, 'dims'>,
  caller = 'recurrentWeights',
): Record<string, WeightExpression> {
  const names = { name: true, input: true, units: true, depth: true } as const;
  checkOptions(caller, options, names, argumentError);
  const { name, input, units, depth = 1 } = options;
  if (!Number.isSafeInteger(depth) || depth < 1) {
    throw argumentError(
      `${caller}: expected a whole recurrence depth of 1 or more, found ${String(depth)}; the paper's has 10`,
    );
  }
  if (depth > 1 && !cell.repeats) {
    throw argumentError(
      `${caller}: expected a depth of 1, found ${depth}; the cell "${cell.name}" does not repeat`,
    );
  }
  const unit = dimensionAxis(units);
  const reads: Record<string, AxisExpression[]> = {
    kernel: [parseAxis(input, `${caller}: input`)],
    recurrent: [unit],
  };
  const weights = Object.entries(weightBlocks(cell, depth)).map(([weight, blocks]) => [
    `${name}/${weight}`,
    weightExpression(reads[weight] ?? [], '->', [repeatAxis(blocks, unit)]),
  ]);
  return Object.fromEntries(weights) as Record<string, WeightExpression>;
}
