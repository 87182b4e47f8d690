import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { recurrentSequence } from '@secateur/backend/kernels';
import { checkOptions } from '@secateur/input';
import { rhnCell } from '@secateur/kernels';
import { callerOf } from './check.ts';
import { argumentError } from './error.ts';

/** The weights of a Recurrent Highway Network; rows read, columns write. */
export interface RhnWeights {
  /** Weights of the inputs, `[input, 2 * units]`: the candidate's columns, then the transform gate's. */
  readonly kernel: Tensor2D;
  /** Weights of the state, `[units, depth * 2 * units]`: two such blocks for each depth. */
  readonly recurrent: Tensor2D;
  /** Biases, `[depth * 2 * units]`, in the same order. */
  readonly bias: Tensor1D;
}

/** How an RHN runs. */
export interface RhnOptions {
  /** Added to the transform gates before their sigmoid, default 0; on top of the bias. The original starts at -2. */
  readonly transformBias?: number;
  /**
   * Variational dropout of the state, `[batch, units]`, see `variationalMask`: every product with a recurrent weight
   * reads the state times this mask, the same at all steps and depths. What the state carries on is not dropped.
   */
  readonly mask?: Tensor2D | undefined;
}

/** What {@link rhn} returns. */
export interface RhnResult {
  /** Outputs of every step, the state after its last depth, `[batch, time, units]`. */
  readonly outputs: Tensor3D;
  /** State after the last step, `[batch, units]`; `clone` or `keep` it to outlive a tidy. */
  readonly state: Tensor2D;
}

/**
 * Runs a Recurrent Highway Network (Zilly et al. 2017, equations 6 to 9, with the carry gate `1 - t`) over `x`
 * `[batch, time, input]`, from `state` or from zeros. Each step passes the state through all depths:
 * `[z_h, z_t] = s R + b`, with `x_t K` added at the first, `h = tanh(z_h)`, `t = sigmoid(z_t)`, `s = (h - s) * t + s`.
 * The depth follows from the shape of `recurrent`. The whole sequence is one differentiable kernel; gradients stop at a
 * state that was computed outside of the differentiated function.
 *
 * @example
 * ```ts
 * import { ones, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { rhn } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * // Candidate 1, transform gate 0.5: each depth, two in a step, goes half of the way to 1.
 * const outputs = tidy(() => {
 *   const bias = tensor1d([100, 0, 100, 0]);
 *   const weights = { kernel: tensor2d([[0, 0]]), recurrent: tensor2d([[0, 0, 0, 0]]), bias };
 *   return rhn(ones([1, 2, 1]), weights).outputs.arraySync();
 * });
 * outputs; // => [[[0.75], [0.9375]]]
 * ```
 */
export function rhn(
  x: Tensor3D,
  weights: RhnWeights,
  state?: Tensor2D,
  options: RhnOptions = {},
): RhnResult {
  checkOptions('rhn', options, { transformBias: true, mask: true }, argumentError);
  const { transformBias = 0, mask } = options;
  const { kernel, recurrent, bias } = weights;
  const { y, states } = recurrentSequence(
    rhnCell,
    {
      x,
      weights: { kernel, recurrent, bias },
      ...(state && { states: { s: state } }),
      ...(mask && { masks: { mask } }),
    },
    { settings: { transformBias } },
    callerOf('rhn'),
  );
  return { outputs: y, state: states['s']! };
}
