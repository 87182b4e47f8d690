import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Texts of a batch as a network reads them, padded to the longest. */
export interface Tokens {
  /** Words by their row in the table of words, `[batch, time]` int32. */
  readonly words: Tensor2D;
  /** Which of `spellings` each word has, `[batch, time]` int32. */
  readonly spelling: Tensor2D;
  /**
   * Characters of the batch's different words, `[spellings, characters]` int32. What a word's characters mean does not
   * depend on where it stands, so that each is read once.
   */
  readonly spellings: Tensor2D;
  /** Tokens of each text without padding. */
  readonly lengths: readonly number[];
}
