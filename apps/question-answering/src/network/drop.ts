import type { Tensor } from '@tensorflow/tfjs-core';
import { dropout, foldSeed } from '@secateur/cells';

/** What is dropped in training. */
export interface Dropping {
  /** Rate of dropout of the inputs of every LSTM and of both pointers. */
  readonly dropout: number;
  /** Rate of dropout of the characters' embedding. */
  readonly charDropout: number;
  /** Seed of this step. */
  readonly seed: number;
}

/** Drops entries in the training step that `dropping` describes, with masks of their own for each place; else nothing. */
export function drop<T extends Tensor>(
  x: T,
  place: string,
  dropping: Dropping | undefined,
  rate: keyof Omit<Dropping, 'seed'> = 'dropout',
): T {
  if (dropping === undefined || dropping[rate] === 0) return x;
  return dropout(x, dropping[rate], foldSeed(dropping.seed, place));
}
