import { cellLayout, checkUnits } from './from-notation.ts';
import type { Layout } from './types.ts';

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
  checkUnits('kerasGruLayout', units);
  // A weight of two axes is penalized unless told otherwise, and a bias must not be.
  const bias = resetAfter ? `2 -> 3*${units} [unpenalized]` : `-> 3*${units}`;
  return cellLayout('kerasGruLayout', dims, {
    [`${name}/kernel`]: `${input} -> 3*${units}`,
    [`${name}/recurrent_kernel`]: `${units} -> 3*${units}`,
    ...(useBias ? { [`${name}/bias`]: bias } : {}),
  });
}
