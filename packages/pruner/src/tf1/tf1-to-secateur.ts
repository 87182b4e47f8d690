import type { NamedArray, Weights } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { lstmCell } from '@secateur/kernels';
import { convertGates, foldForgetBias } from '../gates.ts';
import { matrixRows, matrixShape } from '../matrix.ts';
import { argumentError, weightsError } from '../pruner-error.ts';

const { tensorflow1: theirs, keras: ours } = lstmCell.orders as Record<
  'tensorflow1' | 'keras',
  string
>;

/** Options of {@link tf1ToSecateur}. */
export interface Tf1Options {
  /** What the cell adds to its forget gate: 0 in the paper's PTB model, 1 in its BiDAF and by TensorFlow's default. */
  readonly forgetBias: number;
  /** Our name of the layer, default `lstm`. */
  readonly name?: string;
}

/**
 * Splits TensorFlow 1's fused LSTM weights `[input + units, 4*units]` (gate order i, j, f, o) and biases `[4*units]`
 * into `name/kernel` `[input, 4*units]`, `name/recurrent` `[units, 4*units]` and `name/bias`, in gate order `ifgo` and
 * with the forget bias folded into the bias.
 *
 * @example
 * ```ts
 * import { tf1ToSecateur } from '@secateur/pruner';
 *
 * // One input and one unit, in the order i, j, f, o.
 * const weights = { shape: [2, 4], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
 * const biases = { shape: [4], data: Float32Array.of(1, 2, 3, 4) };
 * const ours = tf1ToSecateur({ weights, biases }, { forgetBias: 1, name: 'lstm1' });
 * ours['lstm1/kernel']; // => { shape: [1, 4], data: [1, 3, 2, 4] }
 * ours['lstm1/recurrent']; // => { shape: [1, 4], data: [5, 7, 6, 8] }
 * ours['lstm1/bias']?.data; // => [1, 4, 2, 4]
 * ```
 */
export function tf1ToSecateur(
  fused: { readonly weights: NamedArray; readonly biases: NamedArray },
  options: Tf1Options,
): Weights {
  checkOptions('tf1ToSecateur', options, { forgetBias: true, name: true }, argumentError);
  const { forgetBias, name = 'lstm' } = options;
  const [rows, columns] = matrixShape('tf1ToSecateur', fused.weights);
  const units = columns / 4;
  if (!Number.isInteger(units) || rows <= units || fused.biases.data.length !== columns) {
    throw weightsError(
      `tf1ToSecateur: expected weights [input + units, 4*units] and biases [4*units], found [${rows}, ${columns}] and [${fused.biases.shape.join(', ')}]; pass one cell's pair.`,
    );
  }
  const kernel = matrixRows(fused.weights, 0, rows - units);
  const recurrent = matrixRows(fused.weights, rows - units, rows);
  return {
    [`${name}/kernel`]: convertGates(kernel, theirs, ours),
    [`${name}/recurrent`]: convertGates(recurrent, theirs, ours),
    [`${name}/bias`]: foldForgetBias(convertGates(fused.biases, theirs, ours), ours, forgetBias),
  };
}
