import {
  concat,
  reshape,
  slice,
  transpose,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

/** Turns `[batch, time, width]` into `[time * batch, width]`, step by step. */
export function flattenTimeMajor(x: Tensor3D): Tensor2D {
  const [batch, time, width] = x.shape;
  // With one sequence or one step the two orders are the same numbers in the same places.
  const ordered: Tensor = batch === 1 || time === 1 ? x : transpose(x, [1, 0, 2]);
  return reshape(ordered, [time * batch, width]);
}

/** Turns `[time * batch, width]` back into `[batch, time, width]`. */
export function unflattenTimeMajor(x: Tensor2D, batch: number, time: number): Tensor3D {
  const width = x.shape[1];
  if (batch === 1 || time === 1) return reshape(x, [batch, time, width]);
  return transpose(reshape(x, [time, batch, width]), [1, 0, 2]);
}

/** Shifts `[time * batch, width]` one step later: the first step gets `first` `[batch, width]`, the last is dropped. */
export function shiftedByOne(first: Tensor2D, steps: Tensor2D): Tensor2D {
  const rows = steps.shape[0] - first.shape[0];
  return rows === 0 ? first : concat([first, slice(steps, 0, [rows, steps.shape[1]])], 0);
}

/** The last step of `[batch, time, units]`, `[batch, units]`. */
export function lastStep(y: Tensor3D): Tensor2D {
  const [batch, time, units] = y.shape;
  return reshape(slice(y, [0, time - 1, 0], [batch, 1, units]), [batch, units]);
}
