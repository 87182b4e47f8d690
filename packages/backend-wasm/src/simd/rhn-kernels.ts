import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedKernel,
  composedRhnSequence,
  composedRhnSequenceGrad,
  KERNELS,
} from '@secateur/backend';
import { fusedKernel, type Infos, type SimdKernel } from './fused-kernel.ts';

/** Makes the `RhnSequence` kernel: a whole sequence in one call, composed from operations where there is no SIMD. */
export function rhnSequenceKernel(): KernelConfig {
  return fusedKernel(KERNELS.rhnSequence, composedKernel(composedRhnSequence), forward);
}

/** Makes the `RhnSequenceGrad` kernel: back-propagation through a whole sequence in one call. */
export function rhnSequenceGradKernel(): KernelConfig {
  return fusedKernel(KERNELS.rhnSequenceGrad, composedKernel(composedRhnSequenceGrad), backward);
}

/** Batch, steps, inputs, units and depth, as both kernels take them. */
function sizesOf(inputs: Infos): [number, number, number, number, number] {
  const { x, recurrent } = inputs as Record<'x' | 'recurrent', TensorInfo>;
  const [batch, time, input] = x.shape as [number, number, number];
  const [units, columns] = recurrent.shape as [number, number];
  // Without units nothing tells the depth, and nothing depends on it.
  return [batch, time, input, units, units === 0 ? 1 : columns / (2 * units)];
}

const forward: SimdKernel = ({ kernels, address, withScratch }, backend, inputs, attrs) => {
  const sizes = sizesOf(inputs);
  const [batch, time, , units, depth] = sizes;
  const outputs = [
    [batch, time, units],
    [time, batch, depth * 2 * units],
    [time, batch, depth * units],
  ].map((shape) => backend.makeOutput(shape, 'float32'));
  withScratch(kernels.rhnForwardScratch(...sizes), (scratch) => {
    kernels.rhnForward(
      ...['x', 'kernel', 'recurrent', 'bias', 's0', 'mask'].map((name) => address(inputs[name]!)),
      ...[...sizes, attrs['transformBias'] as number],
      ...outputs.map(address),
      scratch,
    );
  });
  return outputs;
};

const backward: SimdKernel = ({ kernels, address, withScratch }, backend, inputs) => {
  const sizes = sizesOf(inputs);
  const [, , , units, depth] = sizes;
  const { x, kernel, recurrent, s0 } = inputs;
  const gradients = [
    ...[x, kernel, recurrent].map((info) => info!.shape),
    [depth * 2 * units],
    s0!.shape,
  ].map((shape) => backend.makeOutput(shape, 'float32'));
  withScratch(kernels.rhnBackwardScratch(...sizes), (scratch) => {
    // The outputs are the states after the last depth, so `y` is not read.
    kernels.rhnBackward(
      ...read.map((name) => address(inputs[name]!)),
      ...sizes,
      ...gradients.map(address),
      scratch,
    );
  });
  return gradients;
};

/** What the gradient reads, in the order of its arguments. */
const read = ['dy', 'x', 'kernel', 'recurrent', 's0', 'mask', 'activations', 'states'] as const;
