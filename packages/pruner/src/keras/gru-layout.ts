import {
  dimensionAxis,
  fixedAxis,
  layoutOfWeights,
  parseAxis,
  repeatAxis,
  weightExpression,
  type Layout,
  type RecurrentLayoutOptions,
} from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { argumentError } from '../pruner-error.ts';

/** Options of {@link kerasGruLayout}. */
export interface KerasGruLayoutOptions extends Omit<RecurrentLayoutOptions, 'depth'> {
  /** The layer's `reset_after`; by default true, as in Keras 2 and later. TensorFlow.js has false only. */
  readonly resetAfter?: boolean;
  /** The layer's `use_bias`; by default true. */
  readonly useBias?: boolean;
}

/**
 * Keras's `GRU`: `name/kernel` `[input, 3 units]`, `name/recurrent_kernel` `[units, 3 units]` and `name/bias`, `[3 units]` without
 * `reset_after` and `[2, 3 units]` with it: that of the input over that of the recurrent product. Blocks of gates come
 * in the order z, r, h; the layout is the same for any order.
 *
 * @example
 * ```ts
 * import { layoutShapes } from '@secateur/groups';
 * import { kerasGruLayout } from '@secateur/pruner';
 *
 * const dims = { embed: 2, h: 3 };
 * const layout = kerasGruLayout({ name: 'gru', input: 'embed', units: 'h', dims });
 * const shapes = layoutShapes(layout);
 * shapes['gru/kernel']; // => [2, 9]
 * shapes['gru/recurrent_kernel']; // => [3, 9]
 * shapes['gru/bias']; // => [2, 9]
 * ```
 */
export function kerasGruLayout(options: KerasGruLayoutOptions): Layout {
  const caller = 'kerasGruLayout';
  const names = {
    name: true,
    input: true,
    units: true,
    dims: true,
    resetAfter: true,
    useBias: true,
  } as const;
  checkOptions(caller, options, names, argumentError);
  const { name, input, units, resetAfter = true, useBias = true, dims } = options;
  const unit = dimensionAxis(units);
  const blocks = [repeatAxis(3, unit)];
  const rows = resetAfter ? [fixedAxis(2)] : [];
  // A weight of two axes is penalized unless told otherwise, and a bias must not be. It reads nothing, so it costs no multiply-adds.
  const bias = weightExpression([], '->', [...rows, ...blocks], { penalized: false });
  const weights = {
    [`${name}/kernel`]: weightExpression([parseAxis(input, `${caller}: input`)], '->', blocks),
    [`${name}/recurrent_kernel`]: weightExpression([unit], '->', blocks),
    ...(useBias ? { [`${name}/bias`]: bias } : {}),
  };
  return layoutOfWeights(weights, dims, caller);
}
