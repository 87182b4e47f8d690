import { tidy, type Tensor1D, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { BackendError } from '../backend-error.ts';
import { checkSequences, checkTensor } from './check.ts';
import { gatePositions, type GateOrder } from './gates.ts';
import { gradientKernel } from './gradient-kernel.ts';
import { KERNELS } from './kernels.ts';
import { composedLstmSequence, composedLstmSequenceGrad } from './composed-cells.ts';
import { runFused, type FusedKernel } from './registry.ts';
import { lastStep } from './time-major.ts';

/** What {@link lstmSequence} reads; all float32. */
export interface LstmSequenceInputs {
  /** Inputs of every step, `[batch, time, input]`. */
  readonly x: Tensor3D;
  /** Weights of the inputs, `[input, 4 * units]`. */
  readonly kernel: Tensor2D;
  /** Weights of the previous output, `[units, 4 * units]`. */
  readonly recurrent: Tensor2D;
  /** Biases, `[4 * units]`. */
  readonly bias: Tensor1D;
  /** Output before the first step, `[batch, units]`. */
  readonly h0: Tensor2D;
  /** Cell state before the first step, `[batch, units]`. */
  readonly c0: Tensor2D;
}

/** How {@link lstmSequence} reads its weights. */
export interface LstmSequenceAttributes {
  /** Order of the four blocks of columns. */
  readonly gates: GateOrder;
  /** Added to the forget gate before its sigmoid. */
  readonly forgetBias: number;
}

/** What {@link lstmSequence} returns. */
export interface LstmSequenceOutputs {
  /** Outputs of every step, `[batch, time, units]`. */
  readonly y: Tensor3D;
  /** Output of the last step, `[batch, units]`. */
  readonly h: Tensor2D;
  /** Cell state after the last step, `[batch, units]`. */
  readonly c: Tensor2D;
}

const gradient = gradientKernel({
  backward: { name: KERNELS.lstmSequenceGrad, composed: composedLstmSequenceGrad },
  upstream: ['dy', 'dcLast'],
  inputs: ['x', 'kernel', 'recurrent', 'h0', 'c0'],
  outputs: ['y', undefined, 'activations', 'states'],
  gradients: ['x', 'kernel', 'recurrent', 'bias', 'h0', 'c0'],
});

const forward: FusedKernel = {
  name: KERNELS.lstmSequence,
  composed: composedLstmSequence,
  gradient,
};

/**
 * Runs an LSTM over whole sequences as one differentiable kernel: `i, f, o = sigmoid`, `g = tanh` of the blocks of
 * `x_t K + h R + b`, `c = f*c + i*g`, `h = o*tanh(c)`. Gradients reach every input through `y`, `h` and `c`; second
 * derivatives are not defined. A layer may have no units, as pruning can leave it, and the next one then no inputs: what
 * it computes is empty, and its gradients are zeros. Throws a {@link BackendError} when shapes, dtypes or `gates` do not
 * fit.
 */
export function lstmSequence(
  inputs: LstmSequenceInputs,
  attributes: LstmSequenceAttributes,
): LstmSequenceOutputs {
  checkInputs(inputs, attributes);
  const { x, kernel, recurrent, bias, h0, c0 } = inputs;
  const { gates, forgetBias } = attributes;
  return tidy(() => {
    const [y, c] = runFused(forward, { x, kernel, recurrent, bias, h0, c0 }, { gates, forgetBias });
    return { y: y as Tensor3D, h: lastStep(y as Tensor3D), c: c as Tensor2D };
  });
}

function checkInputs(inputs: LstmSequenceInputs, attributes: LstmSequenceAttributes): void {
  const { x, kernel, recurrent, bias, h0, c0 } = inputs;
  const caller = 'lstmSequence';
  checkSequences(caller, x);
  checkTensor(caller, 'recurrent', recurrent, [undefined, undefined]);
  const [batch, , width] = x.shape;
  const units = recurrent.shape[0];
  checkTensor(caller, 'recurrent', recurrent, [units, 4 * units]);
  checkTensor(caller, 'kernel', kernel, [width, 4 * units]);
  checkTensor(caller, 'bias', bias, [4 * units]);
  checkTensor(caller, 'h0', h0, [batch, units]);
  checkTensor(caller, 'c0', c0, [batch, units]);
  gatePositions(attributes.gates, caller);
  if (!Number.isFinite(attributes.forgetBias)) {
    throw new BackendError(
      `lstmSequence: expected forgetBias to be a finite number, found ${attributes.forgetBias}; use 0 when the bias already holds it.`,
    );
  }
}
