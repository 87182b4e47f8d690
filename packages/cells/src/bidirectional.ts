import {
  concat,
  gather,
  mul,
  reshape,
  tensor1d,
  tensor3d,
  tidy,
  type Rank,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { checkSize, checkTensor } from './check.ts';
import { tensorsError } from './error.ts';

/**
 * Turns each sequence of `x` `[batch, time, features]` round within its own length, so that it starts at its own end; what
 * lies beyond stays where it is. Twice is the identity.
 *
 * @throws {@link CellError} when there is not one length from 0 to `time` for each sequence.
 *
 * @example
 * ```ts
 * import { tensor3d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { reverseSequences } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * // The first sequence has three steps, the second one and two of padding.
 * const x = [
 *   [[1], [2], [3]],
 *   [[4], [0], [0]],
 * ];
 * const turned = tidy(() => reverseSequences(tensor3d(x), [3, 1]).arraySync());
 * turned; // => [[[3], [2], [1]], [[4], [0], [0]]]
 * ```
 */
export function reverseSequences(x: Tensor3D, lengths: ArrayLike<number>): Tensor3D {
  checkLengths('reverseSequences', x, lengths);
  const [batch, time, features] = x.shape;
  if (x.size === 0) return x.clone();
  const rows = new Int32Array(batch * time);
  for (let b = 0; b < batch; b++) {
    const length = lengths[b]!;
    for (let t = 0; t < time; t++)
      rows[b * time + t] = b * time + (t < length ? length - 1 - t : t);
  }
  return tidy(() => {
    const flat = reshape(x, [batch * time, features]);
    return reshape<Rank.R3>(gather(flat, tensor1d(rows, 'int32')), [batch, time, features]);
  });
}

/**
 * One for each place of a sequence and zero beyond its length, `[batch, time, 1]`.
 *
 * @throws {@link CellError} when a length is not from 0 to `time`, or `time` no whole number of at least 0.
 *
 * @example
 * ```ts
 * import { useBackend } from '@secateur/backend';
 * import { sequenceMask } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const mask = sequenceMask([2, 3], 3);
 * mask.arraySync(); // => [[[1], [1], [0]], [[1], [1], [1]]]
 * mask.dispose();
 * ```
 */
export function sequenceMask(lengths: ArrayLike<number>, time: number): Tensor3D {
  checkSize('sequenceMask', 'time', time);
  const batch = lengths.length;
  const values = new Float32Array(batch * time);
  for (let b = 0; b < batch; b++) {
    checkLength('sequenceMask', b, lengths[b]!, time);
    values.fill(1, b * time, b * time + lengths[b]!);
  }
  return tensor3d(values, [batch, time, 1]);
}

/**
 * Runs one recurrence forwards and another backwards over `x` `[batch, time, features]`, each sequence within its own
 * length, and returns their outputs side by side, `[batch, time, forward units + backward units]`, zero beyond the length
 * (Schuster and Paliwal 1997). The recurrences start from their own states, so padding changes no result.
 *
 * @throws {@link CellError} when there is not one length from 0 to `time` for each sequence.
 *
 * @example
 * ```ts
 * import { cumsum, tensor3d, tidy, type Tensor3D } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { bidirectional } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * // A running sum, where a network has `(x) => lstm(x, weights).outputs`.
 * const sums = (x: Tensor3D): Tensor3D => cumsum(x, 1);
 * const x = [[[1], [2], [0]]]; // two steps and one of padding
 * const outputs = tidy(() => bidirectional(tensor3d(x), [2], sums, sums).arraySync());
 * outputs; // => [[[1, 3], [3, 2], [0, 0]]]
 * ```
 */
export function bidirectional(
  x: Tensor3D,
  lengths: ArrayLike<number>,
  forward: (x: Tensor3D) => Tensor3D,
  backward: (x: Tensor3D) => Tensor3D,
): Tensor3D {
  checkLengths('bidirectional', x, lengths);
  return tidy(() => {
    const ahead = forward(x);
    const back = reverseSequences(backward(reverseSequences(x, lengths)), lengths);
    return mul<Tensor3D>(concat([ahead, back], 2), sequenceMask(lengths, x.shape[1]));
  });
}

function checkLengths(caller: string, x: Tensor3D, lengths: ArrayLike<number>): void {
  checkTensor(caller, 'x', x, 'float32', ['batch', 'time', 'input']);
  const [batch, time] = x.shape;
  if (lengths.length !== batch) {
    throw tensorsError(
      `${caller}: expected ${batch} lengths, one for each sequence of x, found ${lengths.length}; give the number of steps of each.`,
    );
  }
  for (let b = 0; b < batch; b++) checkLength(caller, b, lengths[b]!, time);
}

function checkLength(caller: string, index: number, length: number, time: number): void {
  if (Number.isInteger(length) && length >= 0 && length <= time) return;
  throw tensorsError(
    `${caller}: expected lengths[${index}] to be a whole number from 0 to ${time}, found ${length}; count the steps without padding.`,
  );
}
