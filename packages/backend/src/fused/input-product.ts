// The part of a recurrent layer that does not wait for earlier steps: its inputs, all steps in one product.
import { matMul, transpose, zeros, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { flattenTimeMajor, unflattenTimeMajor } from './time-major.ts';

/** `x [batch, time, input]` times `kernel [input, width]`, as `[time * batch, width]`. */
export function inputProduct(x: Tensor3D, kernel: Tensor2D): Tensor2D {
  const [batch, time] = x.shape;
  // A product over nothing is zero, which not every backend knows.
  if (kernel.shape[0] === 0) return zeros([time * batch, kernel.shape[1]]);
  return matMul(flattenTimeMajor(x), kernel);
}

/** Gradients of `x` and of `kernel`, from that of their product; without inputs there is nothing to multiply. */
export function inputGradients(
  x: Tensor3D,
  kernel: Tensor2D,
  dz: Tensor2D,
): [dx: Tensor3D, dkernel: Tensor2D] {
  const [batch, time, width] = x.shape;
  if (width === 0) return [zeros(x.shape), zeros(kernel.shape)];
  return [
    unflattenTimeMajor(matMul(dz, transpose(kernel)), batch, time),
    matMul(transpose(flattenTimeMajor(x)), dz),
  ];
}
