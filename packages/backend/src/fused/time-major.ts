import {
  reshape,
  slice,
  transpose,
  zeros,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

/** Turns `[batch, time, width]` into `[time * batch, width]`, step by step. */
export function flattenTimeMajor(x: Tensor3D): Tensor2D {
  const [batch, time, width] = x.shape;
  return reshape(swapped(x), [time * batch, width]);
}

/** Turns `[time * batch, width]` back into `[batch, time, width]`. */
export function unflattenTimeMajor(x: Tensor2D, batch: number, time: number): Tensor3D {
  const width = x.shape[1];
  return reshape(swapped(reshape(x, [time, batch, width])), [batch, time, width]);
}

/** Swaps the first two axes. */
function swapped(x: Tensor3D): Tensor {
  const [a, b, width] = x.shape;
  // With one sequence or one step the two orders are the same numbers in the same places.
  if (a === 1 || b === 1) return x;
  // Some stock kernels fail on nothing.
  return width === 0 ? zeros([b, a, 0]) : transpose(x, [1, 0, 2]);
}

/** The last step of `[batch, time, units]`, `[batch, units]`. */
export function lastStep(y: Tensor3D): Tensor2D {
  const [batch, time, units] = y.shape;
  return reshape(slice(y, [0, time - 1, 0], [batch, 1, units]), [batch, units]);
}
