import type { Tensor } from '@tensorflow/tfjs-core';
import { dropout, foldSeed } from '@secateur/cells';

/** What is dropped in training. */
export interface Dropping {
  /** Share that stays of the inputs of every LSTM and of both pointers. */
  readonly keep: number;
  /** Share that stays of the characters' embedding. */
  readonly keepChars: number;
  /** Seed of this step. */
  readonly seed: number;
}

/** Drops entries in the training step that `dropping` describes, with masks of their own for each place; else nothing. */
export function drop<T extends Tensor>(
  x: T,
  place: string,
  dropping: Dropping | undefined,
  keep: keyof Omit<Dropping, 'seed'> = 'keep',
): T {
  if (dropping === undefined || dropping[keep] === 1) return x;
  return dropout(x, 1 - dropping[keep], foldSeed(dropping.seed, place));
}
