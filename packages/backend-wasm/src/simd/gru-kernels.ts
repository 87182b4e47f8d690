import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedGruSequence,
  composedGruSequenceGrad,
  composedKernel,
  gruGatePositions,
  KERNELS,
} from '@secateur/backend';
import { fusedKernel, type Infos, type SimdKernel } from './fused-kernel.ts';

/** Makes the `GruSequence` kernel: a whole sequence in one call, composed from operations where there is no SIMD. */
export function gruSequenceKernel(): KernelConfig {
  return fusedKernel(KERNELS.gruSequence, composedKernel(composedGruSequence), forward);
}

/** Makes the `GruSequenceGrad` kernel: back-propagation through a whole sequence in one call. */
export function gruSequenceGradKernel(): KernelConfig {
  return fusedKernel(KERNELS.gruSequenceGrad, composedKernel(composedGruSequenceGrad), backward);
}

/** Batch, steps, inputs and units, as both kernels take them. */
function sizesOf(inputs: Infos): [number, number, number, number] {
  const { x, h0 } = inputs as Record<'x' | 'h0', TensorInfo>;
  return [...(x.shape as [number, number, number]), h0.shape[1]!];
}

/** Which block of columns update gate, reset gate and candidate have, and the form of the reset gate. */
function formOf(attrs: NamedAttrMap): [number, number, number, number] {
  const { z, r, n } = gruGatePositions(attrs['gates'] as string);
  return [z, r, n, Number(attrs['resetAfter'])];
}

const forward: SimdKernel = ({ kernels, address, withScratch }, backend, inputs, attrs) => {
  const sizes = sizesOf(inputs);
  const [batch, time, , units] = sizes;
  const outputs = [
    [batch, time, units],
    [time, batch, 4 * units],
  ].map((shape) => backend.makeOutput(shape, 'float32'));
  withScratch(kernels.gruForwardScratch(...sizes), (scratch) => {
    kernels.gruForward(
      ...['x', 'kernel', 'recurrent', 'bias', 'recurrentBias', 'h0'].map((name) =>
        address(inputs[name]!),
      ),
      ...[...sizes, ...formOf(attrs)],
      ...outputs.map(address),
      scratch,
    );
  });
  return outputs;
};

const backward: SimdKernel = ({ kernels, address, withScratch }, backend, inputs, attrs) => {
  const sizes = sizesOf(inputs);
  const units = sizes[3];
  const { x, kernel, recurrent, h0 } = inputs;
  const gradients = [
    ...[x, kernel, recurrent].map((info) => info!.shape),
    ...[[3 * units], [3 * units]],
    h0!.shape,
  ].map((shape) => backend.makeOutput(shape, 'float32'));
  withScratch(kernels.gruBackwardScratch(...sizes), (scratch) => {
    kernels.gruBackward(
      ...read.map((name) => address(inputs[name]!)),
      ...[...sizes, ...formOf(attrs)],
      ...gradients.map(address),
      scratch,
    );
  });
  return gradients;
};

/** What the gradient reads, in the order of its arguments. */
const read = ['dy', 'x', 'kernel', 'recurrent', 'h0', 'y', 'activations'] as const;
