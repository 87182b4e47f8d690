// What the kernels of recurrent layers share: TensorFlow.js has sequences by batch, the steps of a kernel lie in a row.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Handle } from '../native-backend.ts';
import type { Operations } from '../operations.ts';

/** Turns `[batch, time, width]` into `[time * batch, width]`, step by step. */
export function timeMajor(ops: Operations, x: TensorInfo): Handle {
  const [batch, time, width] = x.shape as [number, number, number];
  const rows = [time * batch, width];
  // With one sequence or one step the two orders are the same numbers in the same places.
  if (batch === 1 || time === 1) return ops.input(x, rows);
  return ops.reshape(ops.swap(ops.input(x)), rows);
}

/** Turns `[time * batch, width]` back into `[batch, time, width]`. */
export function batchMajor(
  ops: Operations,
  x: Handle,
  batch: number,
  time: number,
  width: number = x.shape[1]!,
): Handle {
  if (batch === 1 || time === 1) return ops.reshape(x, [batch, time, width]);
  return ops.swap(ops.reshape(x, [time, batch, width]));
}
