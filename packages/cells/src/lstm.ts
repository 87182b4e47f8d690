import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { recurrentSequence } from '@secateur/backend/kernels';
import { checkOptions } from '@secateur/input';
import { lstmCell } from '@secateur/kernels';
import { callerOf } from './check.ts';
import { argumentError } from './error.ts';

/** The weights of an LSTM, in TensorFlow order: rows read, columns write. */
export interface LstmWeights {
  /** Weights of the inputs, `[input, 4 * units]`. */
  readonly kernel: Tensor2D;
  /** Weights of the previous output, `[units, 4 * units]`. */
  readonly recurrent: Tensor2D;
  /** Biases, `[4 * units]`. */
  readonly bias: Tensor1D;
}

/** What an LSTM carries from one sequence to the next. */
export interface LstmState {
  /** Last output, `[batch, units]`. */
  readonly h: Tensor2D;
  /** Cell state, `[batch, units]`. */
  readonly c: Tensor2D;
}

/** How an LSTM reads its weights. */
export interface LstmOptions {
  /**
   * Order of the four blocks of columns, default `ifgo`: a permutation of input, forget, candidate and output.
   * Keras and PyTorch use `ifgo`, TensorFlow 1 `igfo`, ONNX `iofg`.
   */
  readonly gates?: string;
  /** Added to the forget gate before its sigmoid, default 0; on top of the bias. */
  readonly forgetBias?: number;
}

/** What {@link lstm} returns. */
export interface LstmResult {
  /** Outputs of every step, `[batch, time, units]`. */
  readonly outputs: Tensor3D;
  /** State after the last step; pass it to the next call to go on, `clone` or `keep` it to outlive a tidy. */
  readonly state: LstmState;
}

/**
 * Runs an LSTM over `x` `[batch, time, input]`, from `state` or from zeros: with the four blocks of
 * `x_t K + h R + b`, `i, f, o = sigmoid`, `g = tanh`, `c = f*c + i*g`, `h = o*tanh(c)`. The whole sequence is one
 * differentiable kernel; gradients stop at a state that was computed outside of the differentiated function.
 *
 * @example
 * ```ts
 * import { ones, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { lstm } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * // These biases open all gates and make the candidate 1, so that the cell state counts steps.
 * const counts = tidy(() => {
 *   const zero = tensor2d([[0, 0, 0, 0]]);
 *   const weights = { kernel: zero, recurrent: zero, bias: tensor1d([100, 100, 100, 100]) };
 *   const { outputs, state } = lstm(ones([2, 3, 1]), weights); // two sequences of three steps
 *   return { shape: outputs.shape, c: state.c.arraySync() };
 * });
 * counts; // => { shape: [2, 3, 1], c: [[3], [3]] }
 * ```
 */
export function lstm(
  x: Tensor3D,
  weights: LstmWeights,
  state?: LstmState,
  options: LstmOptions = {},
): LstmResult {
  checkOptions('lstm', options, { gates: true, forgetBias: true }, argumentError);
  const { gates = 'ifgo', forgetBias = 0 } = options;
  const { kernel, recurrent, bias } = weights;
  const inputs = {
    x,
    weights: { kernel, recurrent, bias },
    ...(state && { states: bothOf(state) }),
  };
  const attributes = { order: gates, settings: { forgetBias } };
  const { y, states } = recurrentSequence(lstmCell, inputs, attributes, callerOf('lstm'));
  return { outputs: y, state: { h: states['h']!, c: states['c']! } };
}

/** One that is left out stays in the record, so that it is an error and not zeros. */
const bothOf = ({ h, c, ...others }: LstmState): Readonly<Record<string, Tensor2D>> => ({
  h,
  c,
  ...others,
});
