import {
  ones,
  tidy,
  type Rank,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { BackendError } from '../backend-error.ts';
import { checkSequences, checkTensor } from './check.ts';
import { gradientKernel } from './gradient-kernel.ts';
import { KERNELS } from './kernels.ts';
import { runFused, type FusedKernel } from './registry.ts';
import { composedRhnSequence, composedRhnSequenceGrad } from './composed-cells.ts';
import { lastStep } from './time-major.ts';

/** What {@link rhnSequence} reads; all float32. */
export interface RhnSequenceInputs {
  /** Inputs of every step, `[batch, time, input]`. */
  readonly x: Tensor3D;
  /** Weights of the inputs, which only the first depth sees, `[input, 2 * units]`: candidate, then transform gate. */
  readonly kernel: Tensor2D;
  /** Weights of the state, `[units, depth * 2 * units]`: for each depth the candidate's, then the transform gate's. */
  readonly recurrent: Tensor2D;
  /** Biases, `[depth * 2 * units]`, in the order of `recurrent`. */
  readonly bias: Tensor1D;
  /** State before the first step, `[batch, units]`. */
  readonly s0: Tensor2D;
  /** What the products read the state times, `[batch, units]`, at every step and depth; default ones. A constant. */
  readonly mask?: Tensor2D | undefined;
}

/** How {@link rhnSequence} reads its weights. */
export interface RhnSequenceAttributes {
  /** Added to the transform gates before their sigmoid. */
  readonly transformBias: number;
}

/** What {@link rhnSequence} returns. */
export interface RhnSequenceOutputs {
  /** Outputs of every step: the state after its last depth, `[batch, time, units]`. */
  readonly y: Tensor3D;
  /** State after the last step, `[batch, units]`. */
  readonly s: Tensor2D;
}

const unmasked = gradientKernel({
  backward: { name: KERNELS.rhnSequenceGrad, composed: composedRhnSequenceGrad },
  upstream: ['dy'],
  inputs: ['x', 'kernel', 'recurrent', 's0', 'mask'],
  outputs: ['y', 'activations', 'states'],
  gradients: ['x', 'kernel', 'recurrent', 'bias', 's0'],
});

const gradient: typeof unmasked = {
  ...unmasked,
  gradFunc: (...given) => ({
    ...unmasked.gradFunc(...given),
    // Only asked for when somebody differentiates by the mask itself.
    mask: () => {
      throw new BackendError(
        'rhnSequence: expected a mask that is a constant, found a gradient asked of it; make the mask outside of the differentiated function.',
      );
    },
  }),
};

const forward: FusedKernel = {
  name: KERNELS.rhnSequence,
  composed: composedRhnSequence,
  gradient,
};

/**
 * Runs a Recurrent Highway Network (Zilly et al. 2017, equations 6 to 9, with the carry gate `1 - t`) over whole
 * sequences as one differentiable kernel. At each depth of a step `[z_h, z_t] = (s * mask) R + b`, at the first with
 * `x K` added, `h = tanh(z_h)`, `t = sigmoid(z_t + transformBias)`, `s = (h - s) * t + s`. Gradients reach every input
 * but the mask through `y` and `s`; second derivatives are not defined. A layer may have no units or no inputs, as
 * pruning can leave it: what it computes is empty, and its gradients are zeros.
 *
 * @throws {@link BackendError} when shapes, dtypes or `transformBias` do not fit.
 */
export function rhnSequence(
  inputs: RhnSequenceInputs,
  attributes: RhnSequenceAttributes,
): RhnSequenceOutputs {
  checkInputs(inputs, attributes);
  const { x, kernel, recurrent, bias, s0 } = inputs;
  return tidy(() => {
    const mask = inputs.mask ?? ones<Rank.R2>(s0.shape);
    const [y] = runFused(
      forward,
      { x, kernel, recurrent, bias, s0, mask },
      { transformBias: attributes.transformBias },
    );
    return { y: y as Tensor3D, s: lastStep(y as Tensor3D) };
  });
}

function checkInputs(inputs: RhnSequenceInputs, attributes: RhnSequenceAttributes): void {
  const { x, kernel, recurrent, bias, s0, mask } = inputs;
  const { transformBias } = attributes;
  const caller = 'rhnSequence';
  checkSequences(caller, x);
  checkTensor(caller, 'recurrent', recurrent, [undefined, undefined]);
  const [batch, , width] = x.shape;
  const [units, columns] = recurrent.shape;
  const fits = units === 0 ? columns === 0 : columns > 0 && columns % (2 * units) === 0;
  if (!fits) {
    throw new BackendError(
      `rhnSequence: expected recurrent to be [units, depth * 2 * units] with a whole depth of 1 or more, found [${units}, ${columns}]; put the matrices of all depths side by side.`,
    );
  }
  checkTensor(caller, 'kernel', kernel, [width, 2 * units]);
  checkTensor(caller, 'bias', bias, [columns]);
  checkTensor(caller, 's0', s0, [batch, units]);
  if (mask !== undefined) checkTensor(caller, 'mask', mask, [batch, units]);
  if (!Number.isFinite(transformBias)) {
    throw new BackendError(
      `rhnSequence: expected transformBias to be a finite number, found ${transformBias}; use 0 when the bias already holds it.`,
    );
  }
}
