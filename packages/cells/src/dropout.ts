import { clone, mul, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { CellError } from './error.ts';
import { generator } from './random.ts';

/**
 * Zeroes each entry with probability `1 - keep` and divides the others by `keep`, so that the expected value stays;
 * `keep` 1 returns a copy. The mask depends on `seed` and the size alone: the same bits on every backend. As the paper
 * applies it (keep 0.60 for the ISS run on Penn Treebank): on the embedding's output and on each LSTM's output, never
 * on the recurrence, and not when evaluating. Give every step and layer a seed of its own, see {@link foldSeed}; the
 * gradient passes through the mask.
 */
export function dropout<T extends Tensor>(x: T, keep: number, seed: number): T {
  const mask = dropoutMask(x.size, keep, seed);
  if (keep === 1) return clone(x);
  return tidy(() => mul<T>(x, tensor(mask, x.shape, 'float32')));
}

/** Draws the mask of {@link dropout}: `size` numbers, each 0 or `1 / keep`. */
export function dropoutMask(size: number, keep: number, seed: number): Float32Array {
  if (!(keep > 0 && keep <= 1)) {
    throw new CellError(
      `dropout: expected keep to be above 0 and at most 1, found ${keep}; it is the share that stays, 1 for no dropout.`,
    );
  }
  const random = generator('dropout', seed);
  const mask = new Float32Array(size);
  if (keep === 1) return mask.fill(1);
  const scale = 1 / keep;
  // The low bits of this generator are its weakest, so they are not looked at.
  const limit = keep * 2 ** 24;
  for (let i = 0; i < size; i++) mask[i] = random.next() >>> 8 < limit ? scale : 0;
  return mask;
}
