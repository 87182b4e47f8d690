import type { NamedArray, Weights } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { matrixRows, matrixShape } from '../matrix.ts';
import { argumentError, weightsError } from '../pruner-error.ts';

/** The weights of one Keras `GRU` layer, as `get_weights()` gives them. */
export interface KerasGruWeights {
  /** `[input, 3*units]` */
  readonly kernel: NamedArray;
  /** `[units, 3*units]` */
  readonly recurrentKernel: NamedArray;
  /** `[2, 3*units]` with `reset_after`, `[3*units]` without; none with `use_bias` false. */
  readonly bias?: NamedArray | undefined;
}

/** Options of {@link kerasGruToSecateur}. */
export interface KerasGruOptions {
  /** The layer's `reset_after`; default true, as in Keras 2 and later. TensorFlow.js has false only. */
  readonly resetAfter?: boolean;
  /** Our name of the layer, default `gru`. */
  readonly name?: string;
}

/**
 * Turns the weights of a Keras or TensorFlow.js `GRU` into ours: `name/kernel`, `name/recurrent` and `name/bias`, and with
 * `reset_after` `name/recurrentBias`, the second row of Keras's bias. Both use the gate order `zrn`.
 *
 * @throws {@link PrunerError} if the shapes do not fit each other or `resetAfter`.
 *
 * @example
 * ```ts
 * import { kerasGruToSecateur } from '@secateur/pruner';
 *
 * // layer.get_weights() of one input and one unit.
 * const ours = kerasGruToSecateur({
 *   kernel: { shape: [1, 3], data: Float32Array.of(1, 2, 3) },
 *   recurrentKernel: { shape: [1, 3], data: Float32Array.of(4, 5, 6) },
 *   bias: { shape: [2, 3], data: Float32Array.of(7, 8, 9, 10, 11, 12) },
 * });
 * Object.keys(ours); // => ['gru/kernel', 'gru/recurrent', 'gru/bias', 'gru/recurrentBias']
 * ours['gru/recurrentBias']?.data; // => [10, 11, 12]
 * ```
 */
export function kerasGruToSecateur(
  weights: KerasGruWeights,
  options: KerasGruOptions = {},
): Weights {
  checkOptions('kerasGruToSecateur', options, { resetAfter: true, name: true }, argumentError);
  const { resetAfter = true, name = 'gru' } = options;
  const { kernel, recurrentKernel: recurrent, bias } = weights;
  const [, width] = matrixShape('kerasGruToSecateur', kernel);
  const [units, recurrentWidth] = matrixShape('kerasGruToSecateur', recurrent);
  if (width !== 3 * units || recurrentWidth !== width) {
    throw weightsError(
      `kerasGruToSecateur: expected kernel [input, 3*units] and recurrentKernel [units, 3*units], found [${kernel.shape.join(', ')}] and [${recurrent.shape.join(', ')}]; pass one layer's weights.`,
    );
  }
  const shape = resetAfter ? [2, width] : [width];
  if (bias !== undefined && bias.shape.join() !== shape.join()) {
    throw weightsError(
      `kerasGruToSecateur: expected a bias [${shape.join(', ')}] with resetAfter ${resetAfter}, found [${bias.shape.join(', ')}]; set resetAfter to the layer's reset_after.`,
    );
  }
  const row = (index: number): NamedArray => {
    if (bias === undefined) return { shape: [width], data: new Float32Array(width) };
    return {
      shape: [width],
      data: resetAfter ? matrixRows(bias, index, index + 1).data : bias.data,
    };
  };
  return {
    [`${name}/kernel`]: kernel,
    [`${name}/recurrent`]: recurrent,
    [`${name}/bias`]: row(0),
    ...(resetAfter ? { [`${name}/recurrentBias`]: row(1) } : {}),
  };
}
