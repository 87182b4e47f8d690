import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeBatch, planBatches, textBatch } from '../src/data/batches.ts';
import { encoder, examplesOf, shortEnough, type Example } from '../src/data/examples.ts';
import type { Paragraph } from '../src/data/questions.ts';
import { frequent, vocabularyOf, wordVocabulary } from '../src/data/vocabulary.ts';

const words = wordVocabulary(
  new Map([
    ['tea', 3],
    ['green', 2],
  ]),
  1,
  ['like'],
);
const characters = vocabularyOf(['<padding>', '<unknown>', 'T', 'e', 'a']);
const encode = encoder(words, characters);
const spelling = (...ids: number[]): Int32Array =>
  Int32Array.from({ length: 16 }, (_, k) => ids[k] ?? 0);

const paragraph: Paragraph = {
  title: 'Tea',
  context: 'I like\u00a0green  Tea. Tea!',
  questions: [
    {
      id: 'a',
      question: 'Like what?',
      answers: [
        { text: 'green  Tea', start: 7 },
        { text: 'Tea', start: 14 },
      ],
    },
    { id: 'b', question: 'Zzz', answers: [{ text: 'I', start: 0 }] },
  ],
};

describe('encoder', () => {
  test('gives words in lower case and characters as written, each by id', () => {
    const { tokens, words: ids, spellings } = encode('Tea, TEA green lıke', 'x');
    expect(tokens.map(({ text }) => text)).toEqual(['Tea', ',', 'TEA', 'green', 'lıke']);
    expect([...ids]).toEqual([2, 1, 2, 3, 1]);
    expect(spellings[0]).toEqual(spelling(2, 3, 4));
    expect(spellings[2]).toEqual(spelling(2, 1, 1));
    expect(spellings[3]).toEqual(spelling(1, 1, 3, 3, 1));
  });

  test('reads 16 characters of a token, and pairs of surrogates as one', () => {
    expect(encode('e'.repeat(30), 'x').spellings[0]).toEqual(
      spelling(...Array<number>(16).fill(3)),
    );
    expect(encode('𝒳a', 'x').spellings[0]).toEqual(spelling(1, 4));
  });

  test('refuses a text without tokens', () => {
    expect(() => encode(' \u200b', 'question "q"')).toThrow(
      'question "q": expected a text with a word in it, found " ',
    );
  });
});

describe('examplesOf', () => {
  test('finds the first answer among the tokens, keeps all answers and shares the context', () => {
    const [a, b] = examplesOf([paragraph], encode) as [Example, Example];
    expect([a.start, a.end, b.start, b.end]).toEqual([2, 3, 0, 0]);
    expect(a.answers).toEqual(['green  Tea', 'Tea']);
    expect([...a.context.words]).toEqual([1, 4, 3, 2, 1, 2, 1]);
    expect(b.context).toBe(a.context);
    expect([...b.question.words]).toEqual([1]);
  });

  test('names the question whose answer has no tokens', () => {
    const odd = { id: 'c', question: 'What?', answers: [{ text: '\u200b', start: 1 }] };
    expect(() =>
      examplesOf([{ title: '', context: 'a\u200bb', questions: [odd] }], encode),
    ).toThrow('question "c": expected an answer with a word in it, found "');
  });
});

test('shortEnough leaves out and counts what is too long', () => {
  const examples = examplesOf([paragraph], encode); // Contexts of 7 tokens, questions of 3 and 1.
  expect(shortEnough(examples, { context: 7, question: 3 })).toEqual({
    examples,
    longContexts: 0,
    longQuestions: 0,
  });
  expect(shortEnough(examples, { context: 7, question: 2 })).toEqual({
    examples: [examples[1]],
    longContexts: 0,
    longQuestions: 1,
  });
  expect(shortEnough(examples, { context: 6, question: 2 })).toEqual({
    examples: [],
    longContexts: 2,
    longQuestions: 0,
  });
});

describe('batches', () => {
  test('put examples side by side, padded to the longest, each spelling once', () => {
    const { context, question, starts, ends } = makeBatch(examplesOf([paragraph], encode));
    expect(question).toEqual({
      words: Int32Array.from([4, 1, 1, 1, 0, 0]),
      spelling: Int32Array.from([1, 2, 3, 4, 0, 0]),
      spellings: Int32Array.from(
        [
          spelling(),
          spelling(1, 1, 1, 3),
          spelling(1, 1, 4, 1),
          spelling(1),
          spelling(1, 1, 1),
        ].flatMap((ids) => [...ids]),
      ),
      lengths: [3, 1],
      time: 3,
      count: 5,
      characters: 16,
    });
    expect([...context.spelling.subarray(0, 7)]).toEqual([1, 2, 3, 4, 5, 4, 6]);
    expect([[...starts], [...ends]]).toEqual([
      [2, 0],
      [3, 0],
    ]);
  });

  /** Examples of given lengths with words of their own. */
  const made = (lengths: readonly number[]): Example[] =>
    lengths.map((length, k) => {
      const text = Array.from({ length }, (_, i) => `w${(k * 7 + i * 3) % 20}`).join(' ');
      return {
        id: `${k}`,
        context: many(text, ''),
        question: many(`w${k % 20}`, ''),
        start: 0,
        end: 0,
        answers: [],
      };
    });
  const numbered = new Map(Array.from({ length: 20 }, (_, k) => [`w${k}`, 1]));
  const many = encoder(
    wordVocabulary(numbered, 1),
    frequent(
      new Map([
        ['w', 1],
        ['1', 1],
      ]),
      1,
    ),
  );
  const someLengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 150 });

  test('have every example once, and the same ids for it whatever stands beside it', () => {
    fc.assert(
      fc.property(someLengths, fc.integer({ min: 1, max: 9 }), fc.nat(), (lengths, size, seed) => {
        const examples = made(lengths);
        const plan = planBatches(examples, size, seed);
        expect(
          plan
            .flat()
            .map(({ id }) => Number(id))
            .sort((a, b) => a - b),
        ).toEqual(examples.map((_, k) => k));
        expect(plan.filter((batch) => batch.length !== size).length).toBeLessThanOrEqual(1);
        for (const batch of plan) {
          const { context } = makeBatch(batch);
          expect(context.time).toBe(Math.max(...batch.map((one) => one.context.tokens.length)));
          batch.forEach(({ context: alone }, row) => {
            const from = row * context.time;
            const length = alone.words.length;
            expect(context.lengths[row]).toBe(length);
            expect(context.words.subarray(from, from + length)).toEqual(alone.words);
            expect(context.words.subarray(from + length, from + context.time)).toEqual(
              new Int32Array(context.time - length),
            );
            alone.spellings.forEach((ids, step) => {
              const at = context.spelling[from + step]! * 16;
              expect(context.spellings.subarray(at, at + 16)).toEqual(ids);
            });
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  test('depend on the seed only, and have little padding', () => {
    const examples = made(Array.from({ length: 600 }, (_, k) => 1 + ((k * 17) % 100)));
    const ids = (seed?: number) =>
      planBatches(examples, 10, seed).map((batch) => batch.map(({ id }) => id));
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
    expect(ids(1).map((batch) => [...batch].sort())).not.toEqual(
      ids(2).map((batch) => [...batch].sort()),
    );
    const padded = (plan: readonly (readonly Example[])[]): number =>
      plan.reduce((sum, batch) => {
        const lengths = batch.map(({ context }) => context.tokens.length);
        return sum + batch.length * Math.max(...lengths);
      }, 0);
    const filled = examples.reduce((sum, { context }) => sum + context.tokens.length, 0);
    expect(padded(planBatches(examples, 10, 1))).toBeLessThan(1.2 * filled);
    expect(padded(planBatches(examples, 10))).toBeLessThan(1.02 * filled);
  });

  test('with a seed mix like lengths within a batch and come in any order', () => {
    const examples = made(Array.from({ length: 600 }, (_, k) => 1 + (k % 100)));
    const lengths = planBatches(examples, 10, 3).map((batch) =>
      batch.map(({ context }) => context.tokens.length),
    );
    // Sorted, ten in a row would have at most three lengths; eight such batches have about fourteen.
    const kinds = lengths.map((batch) => new Set(batch).size);
    expect(Math.max(...kinds)).toBeGreaterThan(5);
    expect(Math.max(...lengths.map((b) => Math.max(...b) - Math.min(...b)))).toBeLessThan(15);
    const longest = lengths.map((batch) => Math.max(...batch));
    const rises = longest.filter((length, k) => k > 0 && length > longest[k - 1]!).length;
    expect(Math.abs(rises - longest.length / 2)).toBeLessThan(12);
    expect(longest.slice(0, 16).some((length) => length > 50)).toBe(true);
  });

  test('without a seed go from short to long', () => {
    const lengths = planBatches(made([5, 1, 4, 2, 3]), 2).map((batch) =>
      batch.map(({ context }) => context.tokens.length),
    );
    expect(lengths).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('refuse a size that is no positive whole number', () => {
    for (const size of [0, 1.5, NaN]) {
      expect(() => planBatches([], size)).toThrow(
        `planBatches: expected a positive whole number of examples in a batch, found ${size}`,
      );
    }
  });

  test('a context of 30,000 words becomes a batch of one', () => {
    const { time, count, lengths } = textBatch([encode('green Tea! '.repeat(10_000), 'x')]);
    expect([time, count, lengths]).toEqual([30_000, 4, [30_000]]);
  });
});
