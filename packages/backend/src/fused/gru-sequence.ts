import { tidy, type Tensor1D, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { BackendError } from '../backend-error.ts';
import { checkSequences, checkTensor } from './check.ts';
import { gruGatePositions, type GruGateOrder } from './gates.ts';
import { composedGruSequence, composedGruSequenceGrad } from './composed-cells.ts';
import { gradientKernel } from './gradient-kernel.ts';
import { KERNELS } from './kernels.ts';
import { runFused, type FusedKernel } from './registry.ts';
import { lastStep } from './time-major.ts';

/** What {@link gruSequence} reads; all float32. */
export interface GruSequenceInputs {
  /** Inputs of every step, `[batch, time, input]`. */
  readonly x: Tensor3D;
  /** Weights of the inputs, `[input, 3 * units]`. */
  readonly kernel: Tensor2D;
  /** Weights of the previous output, `[units, 3 * units]`. */
  readonly recurrent: Tensor2D;
  /** Biases, `[3 * units]`. */
  readonly bias: Tensor1D;
  /** Biases of the recurrent products, `[3 * units]`; zeros for a layer that has none. */
  readonly recurrentBias: Tensor1D;
  /** Output before the first step, `[batch, units]`. */
  readonly h0: Tensor2D;
}

/** How {@link gruSequence} reads its weights. */
export interface GruSequenceAttributes {
  /** Order of the three blocks of columns. */
  readonly gates: GruGateOrder;
  /**
   * Whether the reset gate weighs the recurrent product of the candidate (Keras 2, PyTorch, cuDNN), or the output that
   * the product reads (Cho et al. 2014).
   */
  readonly resetAfter: boolean;
}

/** What {@link gruSequence} returns. */
export interface GruSequenceOutputs {
  /** Outputs of every step, `[batch, time, units]`. */
  readonly y: Tensor3D;
  /** Output of the last step, `[batch, units]`. */
  readonly h: Tensor2D;
}

const gradient = gradientKernel({
  backward: { name: KERNELS.gruSequenceGrad, composed: composedGruSequenceGrad },
  upstream: ['dy'],
  inputs: ['x', 'kernel', 'recurrent', 'h0'],
  outputs: ['y', 'activations'],
  gradients: ['x', 'kernel', 'recurrent', 'bias', 'recurrentBias', 'h0'],
});

const forward: FusedKernel = {
  name: KERNELS.gruSequence,
  composed: composedGruSequence,
  gradient,
};

/**
 * Runs a GRU (Cho et al. 2014) over whole sequences as one differentiable kernel. With the blocks of `x K + b` and
 * `h R + rb`: `z, r = sigmoid` of their sums, `n = tanh(x K_n + b_n + r * (h R_n + rb_n))` when `resetAfter`, else
 * `n = tanh(x K_n + b_n + (r * h) R_n + rb_n)`, and `h = z * h + (1 - z) * n`. Gradients reach every input through `y`
 * and `h`; second derivatives are not defined. A layer may have no units or no inputs, as pruning can leave it: what it
 * computes is empty, and its gradients are zeros.
 *
 * @throws {@link BackendError} when shapes, dtypes, `gates` or `resetAfter` do not fit.
 */
export function gruSequence(
  inputs: GruSequenceInputs,
  attributes: GruSequenceAttributes,
): GruSequenceOutputs {
  checkInputs(inputs, attributes);
  const { x, kernel, recurrent, bias, recurrentBias, h0 } = inputs;
  const { gates, resetAfter } = attributes;
  return tidy(() => {
    const [y] = runFused(
      forward,
      { x, kernel, recurrent, bias, recurrentBias, h0 },
      { gates, resetAfter },
    );
    return { y: y as Tensor3D, h: lastStep(y as Tensor3D) };
  });
}

function checkInputs(inputs: GruSequenceInputs, attributes: GruSequenceAttributes): void {
  const { x, kernel, recurrent, bias, recurrentBias, h0 } = inputs;
  const caller = 'gruSequence';
  checkSequences(caller, x);
  checkTensor(caller, 'recurrent', recurrent, [undefined, undefined]);
  const [batch, , width] = x.shape;
  const units = recurrent.shape[0];
  checkTensor(caller, 'recurrent', recurrent, [units, 3 * units]);
  checkTensor(caller, 'kernel', kernel, [width, 3 * units]);
  checkTensor(caller, 'bias', bias, [3 * units]);
  checkTensor(caller, 'recurrentBias', recurrentBias, [3 * units]);
  checkTensor(caller, 'h0', h0, [batch, units]);
  gruGatePositions(attributes.gates, caller);
  if (typeof attributes.resetAfter !== 'boolean') {
    throw new BackendError(
      `gruSequence: expected resetAfter to be true or false, found ${String(attributes.resetAfter)}; use true for Keras 2 and PyTorch weights.`,
    );
  }
}
