import { mul, tensor2d, tensor3d, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { checkSize, checkTensor } from './check.ts';
import { maskOf } from './dropout.ts';
import { tensorsError } from './error.ts';

/**
 * Draws a mask `[batch, features]` of 0 and `1 / (1 - rate)` that is to hold for whole sequences (Gal and Ghahramani 2016); the
 * same bits on every backend. For an RHN's state, see {@link rhn}.
 *
 * @throws {@link CellError} when `rate` is not at least 0 and below 1, or a size no whole number of at least 0.
 *
 * @example
 * ```ts
 * import { useBackend } from '@secateur/backend';
 * import { variationalMask } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * // For `rhn(x, weights, state, { mask })`: two sequences, three units.
 * const mask = variationalMask(2, 3, 0.5, 1);
 * mask.arraySync(); // => [[2, 2, 2], [0, 2, 0]]
 * mask.dispose();
 * ```
 */
export function variationalMask(
  batch: number,
  features: number,
  rate: number,
  seed: number,
): Tensor2D {
  checkSize('variationalMask', 'batch', batch);
  checkSize('variationalMask', 'features', features);
  return tensor2d(maskOf('variationalMask', batch * features, rate, seed), [batch, features]);
}

/**
 * Drops features of `x` `[batch, time, features]` for whole sequences: one mask for each of them, the same at all steps, as
 * the original RHN does with its input and its output. The others are divided by `1 - rate`.
 *
 * @throws {@link CellError} when `x` is no float32 tensor of three dimensions, or `rate` is not at least 0 and below 1.
 *
 * @example
 * ```ts
 * import { tensor3d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { variationalDropout } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const dropped = tidy(() => {
 *   const x = tensor3d([1, 2, 3, 4, 5, 6], [1, 2, 3]); // one sequence: two steps, three features
 *   return variationalDropout(x, 0.5, 3).arraySync();
 * });
 * dropped; // => [[[0, 4, 6], [0, 10, 12]]]
 * ```
 */
export function variationalDropout(x: Tensor3D, rate: number, seed: number): Tensor3D {
  checkTensor('variationalDropout', 'x', x, 'float32', ['batch', 'time', 'input']);
  const [batch, , features] = x.shape;
  const mask = maskOf('variationalDropout', batch * features, rate, seed);
  return tidy(() => mul<Tensor3D>(x, tensor3d(mask, [batch, 1, features])));
}

/**
 * Drops whole words of `x` `[batch, time, features]`, the embedded `ids` (`batch * time` of them, row by row): a word that
 * occurs twice in a sequence is dropped or kept at both places (Gal and Ghahramani 2016). The others are divided by
 * `1 - rate`.
 *
 * @throws {@link CellError} when there are not as many ids as positions, or `rate` is not at least 0 and below 1.
 *
 * @example
 * ```ts
 * import { ones, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { wordDropout } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * // Word 7 is dropped, and so at both of its places.
 * const dropped = tidy(() => wordDropout(ones([1, 4, 1]), [7, 8, 7, 9], 0.5, 3).arraySync());
 * dropped; // => [[[0], [2], [0], [0]]]
 * ```
 */
export function wordDropout(
  x: Tensor3D,
  ids: ArrayLike<number>,
  rate: number,
  seed: number,
): Tensor3D {
  checkTensor('wordDropout', 'x', x, 'float32', ['batch', 'time', 'input']);
  const [batch, time] = x.shape;
  if (ids.length !== batch * time) {
    throw tensorsError(
      `wordDropout: expected ${batch * time} ids for x [${x.shape.join(', ')}], found ${ids.length}; pass those that were embedded.`,
    );
  }
  const mask = maskOf('wordDropout', batch * time, rate, seed);
  for (let row = 0; row < batch; row++) {
    const first = new Map<number, number>();
    for (let at = row * time; at < (row + 1) * time; at++) {
      const seen = first.get(ids[at]!);
      if (seen === undefined) first.set(ids[at]!, at);
      else mask[at] = mask[seen]!;
    }
  }
  return tidy(() => mul<Tensor3D>(x, tensor3d(mask, [batch, time, 1])));
}
