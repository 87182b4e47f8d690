import type { EncodedText, Example } from './examples.ts';
import { shuffled } from './shuffle.ts';

/** Texts side by side, padded with 0 to the longest. */
export interface TextBatch {
  /** Words by id, `[batch, time]` row by row. */
  readonly words: Int32Array;
  /** Which of `spellings` each token has, `[batch, time]`; padding has the first. */
  readonly spelling: Int32Array;
  /** Characters of the different tokens by id, `[count, characters]`; the first is all padding. */
  readonly spellings: Int32Array;
  /** Tokens of each text without padding. */
  readonly lengths: readonly number[];
  readonly time: number;
  readonly count: number;
  readonly characters: number;
}

/** Examples that a network reads at once. */
export interface Batch {
  readonly examples: readonly Example[];
  readonly context: TextBatch;
  readonly question: TextBatch;
  /** First and last token of each answer, `[batch]`. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Batches of neighbours by length that are shuffled among themselves. */
const BUCKET = 8;

/**
 * Which examples go together, each in one batch: those with contexts of like length, so that there is little padding. With
 * a seed the examples of {@link BUCKET} batches are shuffled among themselves, and then the batches; without one the order
 * is by length. The same seed gives the same batches. Only the last bucket may end with a batch that is not full.
 *
 * @throws Error when `size` is not a positive whole number.
 */
export function planBatches(
  examples: readonly Example[],
  size: number,
  seed?: number,
): (readonly Example[])[] {
  if (!Number.isInteger(size) || size < 1) {
    throw new Error(
      `planBatches: expected a positive whole number of examples in a batch, found ${size}; set --batch to one.`,
    );
  }
  const length = ({ context }: Example): number => context.tokens.length;
  const byLength = (some: readonly Example[]): Example[] =>
    [...some].sort((a, b) => length(a) - length(b));
  if (seed === undefined) return chunks(byLength(examples), size);
  // Shuffled first: which of those of the same length share a bucket changes with the seed as well.
  const buckets = chunks(byLength(shuffled(examples, seed, 'examples')), size * BUCKET);
  const batches = buckets.flatMap((bucket, k) =>
    chunks(shuffled(bucket, seed, `bucket ${k}`), size),
  );
  return shuffled(batches, seed, 'batches');
}

/** Puts examples side by side. */
export function makeBatch(examples: readonly Example[]): Batch {
  return {
    examples,
    context: textBatch(examples.map(({ context }) => context)),
    question: textBatch(examples.map(({ question }) => question)),
    starts: Int32Array.from(examples, ({ start }) => start),
    ends: Int32Array.from(examples, ({ end }) => end),
  };
}

/** Puts texts side by side. */
export function textBatch(texts: readonly EncodedText[]): TextBatch {
  const lengths = texts.map(({ words }) => words.length);
  const time = Math.max(...lengths);
  const characters = texts[0]!.spellings[0]!.length;
  const rows = new Map<Int32Array, number>();
  const words = new Int32Array(texts.length * time);
  const spelling = new Int32Array(texts.length * time);
  texts.forEach((text, row) => {
    words.set(text.words, row * time);
    text.spellings.forEach((ids, step) => {
      let place = rows.get(ids);
      if (place === undefined) rows.set(ids, (place = rows.size + 1));
      spelling[row * time + step] = place;
    });
  });
  const count = rows.size + 1;
  const spellings = new Int32Array(count * characters);
  for (const [ids, place] of rows) spellings.set(ids, place * characters);
  return { words, spelling, spellings, lengths, time, count, characters };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, k) =>
    items.slice(k * size, (k + 1) * size),
  );
}
