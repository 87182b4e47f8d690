import { cast, clone, mul, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { checkRate, checkSize } from './check.ts';
import { drawMask } from './draw-mask.ts';
import { generator } from './random.ts';

/**
 * Zeroes each entry with probability `rate` and divides the others by `1 - rate`, so that the expected value stays;
 * `rate` 0 returns a copy. The mask depends on `seed` and the size alone: the same bits on every backend. As the paper
 * applies it (rate 0.4 for the ISS run on Penn Treebank): on the embedding's output and on each LSTM's output, never
 * on the recurrence, and not when evaluating. Give every step and layer a seed of its own, see {@link foldSeed}; the
 * gradient passes through the mask.
 *
 * @throws {@link CellError} when `rate` is not at least 0 and below 1.
 *
 * @example
 * ```ts
 * import { tensor1d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { dropout } from '@secateur/cells';
 *
 * await useBackend('cpu');
 *
 * const dropped = tidy(() => dropout(tensor1d([1, 2, 3, 4]), 0.5, 1).arraySync());
 * dropped; // => [2, 4, 6, 0]
 * ```
 */
export function dropout<T extends Tensor>(x: T, rate: number, seed: number): T {
  const kept = keptOf('dropout', x.size, rate, seed);
  if (rate === 0) return clone(x);
  // Bytes travel to the backend, which makes the numbers of them: a quarter of the memory that JavaScript allocates and collects.
  return tidy(() => mul<T>(x, mul(cast(tensor(kept, x.shape, 'bool'), 'float32'), 1 / (1 - rate))));
}

/**
 * Draws the mask of {@link dropout}: `size` numbers, each 0 or `1 / (1 - rate)`.
 *
 * @throws {@link CellError} when `rate` is not at least 0 and below 1, or `size` no whole number of at least 0.
 *
 * @example
 * ```ts
 * import { dropoutMask } from '@secateur/cells';
 *
 * dropoutMask(4, 0.5, 1); // => [2, 2, 2, 0]
 * dropoutMask(4, 0.5, 5); // => [0, 0, 2, 0]
 * dropoutMask(4, 0, 5); // => [1, 1, 1, 1]
 * ```
 */
export function dropoutMask(size: number, rate: number, seed: number): Float32Array {
  return maskOf('dropoutMask', size, rate, seed);
}

/** See {@link dropoutMask}; errors name `caller`. */
export function maskOf(caller: string, size: number, rate: number, seed: number): Float32Array {
  const scale = 1 / (1 - rate);
  return new Float32Array(keptOf(caller, size, rate, seed)).map((kept) => kept * scale);
}

/** Draws which of `size` entries are kept, 1 or 0 each. */
function keptOf(caller: string, size: number, rate: number, seed: number): Uint8Array {
  checkRate(caller, rate);
  checkSize(caller, 'the size of a mask', size);
  const random = generator(caller, seed);
  return rate === 0 ? new Uint8Array(size).fill(1) : drawMask(size, 1 - rate, random);
}
