import {
  add,
  tidy,
  zeros,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { recurrentSequence } from '@secateur/backend/kernels';
import { checkOptions } from '@secateur/input';
import { gruCell, gruResetBeforeCell } from '@secateur/kernels';
import { callerOf, checkTensor } from './check.ts';
import { argumentError } from './error.ts';

/** The weights of a GRU; rows read, columns write. */
export interface GruWeights {
  /** Weights of the inputs, `[input, 3 * units]`. */
  readonly kernel: Tensor2D;
  /** Weights of the previous output, `[units, 3 * units]`. */
  readonly recurrent: Tensor2D;
  /** Biases, `[3 * units]`. */
  readonly bias: Tensor1D;
  /** Biases of the recurrent products, `[3 * units]`, default zeros. Without `resetAfter` they are part of `bias`. */
  readonly recurrentBias?: Tensor1D | undefined;
}

/** How a GRU reads its weights. */
export interface GruOptions {
  /**
   * Order of the three blocks of columns, default `zrn`: a permutation of update, reset and candidate. Keras and ONNX use
   * `zrn`, PyTorch `rzn`.
   */
  readonly gates?: string;
  /**
   * Whether the reset gate weighs the recurrent product of the candidate, as in PyTorch, cuDNN and Keras 2, or the output
   * that this product reads, as in TensorFlow.js and Cho et al.; default true.
   */
  readonly resetAfter?: boolean;
}

/** What {@link gru} returns. */
export interface GruResult {
  /** Outputs of every step, `[batch, time, units]`. */
  readonly outputs: Tensor3D;
  /** Output of the last step, `[batch, units]`; `clone` or `keep` it to outlive a tidy. */
  readonly state: Tensor2D;
}

/**
 * Runs a GRU (Cho et al. 2014) over `x` `[batch, time, input]`, from `state` or from zeros: with the blocks of
 * `x_t K + b` and `h R + rb`, `z, r = sigmoid` of their sums, `n = tanh(x_t K_n + b_n + r * (h R_n + rb_n))` with
 * `resetAfter`, else `n = tanh(x_t K_n + b_n + (r * h) R_n + rb_n)`, and `h = z * h + (1 - z) * n`. The whole sequence is
 * one differentiable kernel; gradients stop at a state that was computed outside of the differentiated function.
 *
 * @example
 * ```ts
 * import { ones, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { gru } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * // This bias holds the update gate at 1, so that the state stays what it was.
 * const outputs = tidy(() => {
 *   const zero = tensor2d([[0, 0, 0]]);
 *   const weights = { kernel: zero, recurrent: zero, bias: tensor1d([100, 0, 0]) }; // z, r, n
 *   return gru(ones([1, 2, 1]), weights, tensor2d([[0.5]])).outputs.arraySync();
 * });
 * outputs; // => [[[0.5], [0.5]]]
 * ```
 */
export function gru(
  x: Tensor3D,
  weights: GruWeights,
  state?: Tensor2D,
  options: GruOptions = {},
): GruResult {
  checkOptions('gru', options, { gates: true, resetAfter: true }, argumentError);
  const { gates = 'zrn', resetAfter = true } = options;
  const { kernel, recurrent, bias, recurrentBias } = weights;
  // Both biases may be added before the cell sees them.
  checkTensor('gru', 'bias', bias, 'float32', ['3 * units']);
  if (recurrentBias !== undefined)
    checkTensor('gru', 'recurrentBias', recurrentBias, 'float32', bias.shape);
  return tidy(() => {
    const biases = resetAfter
      ? { bias, recurrentBias: recurrentBias ?? zeros(bias.shape) }
      : // Both are added to the same sums.
        { bias: recurrentBias === undefined ? bias : add(bias, recurrentBias) };
    const { y, states } = recurrentSequence(
      resetAfter ? gruCell : gruResetBeforeCell,
      { x, weights: { kernel, recurrent, ...biases }, ...(state && { states: { h: state } }) },
      { order: gates },
      callerOf('gru'),
    );
    return { outputs: y, state: states['h']! };
  });
}
