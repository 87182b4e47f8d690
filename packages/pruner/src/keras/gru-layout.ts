import {
  dimensionAxis,
  fixedAxis,
  layoutOfWeights,
  parseAxis,
  repeatAxis,
  weightExpression,
  type Layout,
} from '@secateur/groups';

/** Options of {@link kerasGruLayout}. */
export interface KerasGruLayoutOptions {
  /** Prefix of the weights' names: `name/kernel`, `name/recurrent_kernel` and `name/bias`. */
  readonly name: string;
  /** The input axis in the notation. */
  readonly input: string;
  /** Name of the hidden dimension. */
  readonly units: string;
  /** The layer's `reset_after`; by default true, as in Keras 2 and later. TensorFlow.js has false only. */
  readonly resetAfter?: boolean;
  /** The layer's `use_bias`; by default true. */
  readonly useBias?: boolean;
  /** Sizes of the dimensions that occur; others are left out. */
  readonly dims: Readonly<Record<string, number>>;
}

/**
 * Keras's `GRU`: kernel `[input, 3 units]`, recurrent_kernel `[units, 3 units]` and bias, `[3 units]` without
 * `reset_after` and `[2, 3 units]` with it: that of the input over that of the recurrent product. Blocks of gates come
 * in the order z, r, h; the layout is the same for any order.
 */
export function kerasGruLayout(options: KerasGruLayoutOptions): Layout {
  const { name, input, units, resetAfter = true, useBias = true, dims } = options;
  const caller = 'kerasGruLayout';
  const unit = dimensionAxis(units);
  const blocks = [repeatAxis(3, unit)];
  const rows = resetAfter ? [fixedAxis(2)] : [];
  // A weight of two axes is penalized unless told otherwise, and a bias must not be.
  const bias = weightExpression(rows, '->', blocks, { penalized: false });
  const weights = {
    [`${name}/kernel`]: weightExpression([parseAxis(input, `${caller}: input`)], '->', blocks),
    [`${name}/recurrent_kernel`]: weightExpression([unit], '->', blocks),
    ...(useBias ? { [`${name}/bias`]: bias } : {}),
  };
  return layoutOfWeights(weights, dims, caller);
}
