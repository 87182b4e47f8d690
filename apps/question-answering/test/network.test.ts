import { readFileSync } from 'node:fs';
import {
  grad,
  grads,
  memory,
  slice,
  tensor,
  tensor2d,
  tidy,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  describeBackend,
  distilledCrossEntropyReference,
  expectAllClose,
  finiteDifference,
  softmaxCrossEntropyReference,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { NEVER } from '../src/network/attention.ts';
import { bestSpan } from '../src/network/best-span.ts';
import { bidaf, type SpanLogits } from '../src/network/bidaf.ts';
import { spanLoss } from '../src/network/loss.ts';
import type { Tokens } from '../src/network/tokens.ts';

interface Recorded {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface RecordedText {
  readonly words: readonly (readonly number[])[];
  readonly spelling: readonly (readonly number[])[];
  readonly lengths: readonly number[];
}

/** A small BiDAF as PyTorch computed it in float64; see `fixtures/torch_bidaf.py`. */
interface Recording {
  readonly weights: Readonly<Record<string, Recorded>>;
  readonly gradients: Readonly<Record<string, Recorded>>;
  readonly spellings: readonly (readonly number[])[];
  readonly context: RecordedText;
  readonly question: RecordedText;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Without padding. */
  readonly start: readonly (readonly number[])[];
  readonly end: readonly (readonly number[])[];
  readonly loss: number;
}

const file = new URL('fixtures/torch-bidaf.json', import.meta.url);
const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
const names = Object.keys(recording.weights);

const tensorOf = ({ shape, data }: Recorded): Tensor => tensor([...data], [...shape], 'float32');
const weightTensors = (): Record<string, Tensor> =>
  Object.fromEntries(names.map((name) => [name, tensorOf(recording.weights[name]!)]));

const ids = (rows: readonly (readonly number[])[]) =>
  tensor2d(
    rows.map((row) => [...row]),
    [rows.length, rows[0]!.length],
    'int32',
  );

/** Some rows of a recorded text, cut to a number of tokens or padded to it with words that mean something. */
function textOf(text: RecordedText, rows: readonly number[], time: number): Tokens {
  const fitted = (of: readonly (readonly number[])[]) =>
    ids(rows.map((row) => Array.from({ length: time }, (_, t) => of[row]![t] ?? 3)));
  return {
    words: fitted(text.words),
    spelling: fitted(text.spelling),
    spellings: ids(recording.spellings),
    lengths: rows.map((row) => text.lengths[row]!),
  };
}

const run = (
  weights: Readonly<Record<string, Tensor>>,
  rows: readonly number[] = [0, 1],
  times = { context: 6, question: 3 },
): SpanLogits =>
  bidaf(weights, {
    context: textOf(recording.context, rows, times.context),
    question: textOf(recording.question, rows, times.question),
  });

describeBackend('bidaf', () => {
  test('has the logits of PyTorch, where lengths differ', () => {
    tidy(() => {
      const { start, end } = run(weightTensors());
      recording.context.lengths.forEach((length, row) => {
        expectAllClose(slice(start, [row, 0], [1, length]), recording.start[row]!, { atol: 2e-6 });
        expectAllClose(slice(end, [row, 0], [1, length]), recording.end[row]!, { atol: 2e-6 });
      });
    });
  });

  test('has the loss and the gradients of PyTorch in every weight', () => {
    const before = memory().numTensors;
    tidy(() => {
      const { starts, ends } = recording;
      const cost = (...tensors: Tensor[]): Scalar =>
        spanLoss(run(Object.fromEntries(names.map((name, k) => [name, tensors[k]!]))), {
          starts,
          ends,
        });
      const given = Object.values(weightTensors());
      expectAllClose(cost(...given), [recording.loss], { rtol: 1e-5 });
      const found = grads(cost)(given);
      names.forEach((name, k) => {
        const { shape, data } = recording.gradients[name]!;
        expect(found[k]!.shape, name).toEqual(shape);
        expectAllClose(found[k]!, data, { rtol: 1e-3, atol: 2e-6 });
      });
    });
    expect(memory().numTensors).toBe(before);
  });

  test('gives each example of a mixed batch what it gives it alone, whatever the padding', () => {
    tidy(() => {
      const weights = weightTensors();
      const both = run(weights, [0, 1], { context: 9, question: 5 });
      [0, 1].forEach((row) => {
        const length = recording.context.lengths[row]!;
        const times = { context: length, question: recording.question.lengths[row]! };
        const alone = run(weights, [row], times);
        for (const name of ['start', 'end'] as const) {
          const within = slice(both[name], [row, 0], [1, length]);
          expectAllClose(within, alone[name].dataSync(), { rtol: 1e-6, atol: 1e-6 });
          const beyond = slice(both[name], [row, length], [1, 9 - length]).dataSync();
          expect(beyond.every((value) => value <= -1e29)).toBe(true);
        }
      });
    });
  });

  test('looks up words whose vectors are not trained behind those that are', () => {
    tidy(() => {
      const weights = weightTensors();
      const all = weights['words']!;
      const fixed = slice(all, [4, 0], [3, 3]);
      const split = bidaf(
        { ...weights, words: slice(all, [0, 0], [4, 3]) },
        {
          context: textOf(recording.context, [0, 1], 6),
          question: textOf(recording.question, [0, 1], 3),
          fixed: fixed as ReturnType<typeof ids>,
        },
      );
      expectAllClose(split.end, run(weights).end.dataSync());
    });
  });

  test('drops in training only, the same for the same seed', () => {
    tidy(() => {
      const weights = weightTensors();
      const inputs = {
        context: textOf(recording.context, [0, 1], 6),
        question: textOf(recording.question, [0, 1], 3),
      };
      const dropped = (seed: number, dropout = 0.5) => [
        ...bidaf(weights, inputs, { dropout, charDropout: 0, seed }).end.dataSync(),
      ];
      expect(dropped(1)).toEqual(dropped(1));
      expect(dropped(1)).not.toEqual(dropped(2));
      expect(dropped(1, 0)).toEqual([...run(weights).end.dataSync()]);
    });
  });

  test('names a weight that is missing', () => {
    tidy(() => {
      const rest = Object.entries(weightTensors()).filter(([name]) => name !== 'start/kernel');
      expect(() => run(Object.fromEntries(rest))).toThrow(
        'start: expected a weight "start/kernel", found words, chars',
      );
    });
  });
});

describeBackend('spanLoss with a lesson', () => {
  const rows = recording.start;
  const time = 9;
  /** What a teacher might say: other logits of the same lengths. */
  const other = rows.map((row) => row.map((value, t) => 2 * Math.sin(3 * t + 5 * value)));
  const padded = (of: readonly (readonly number[])[]) =>
    tensor2d(
      of.map((row) => Array.from({ length: time }, (_, t) => row[t] ?? NEVER)),
      [of.length, time],
    );
  const { starts, ends } = recording;

  test.each([
    [0.3, 2],
    [1, 1],
    [1, 0.5],
  ])('is what float64 says without padding: share %d, temperature %d', (share, temperature) => {
    const settings = { share, temperature };
    tidy(() => {
      const lesson = { logits: { start: padded(other), end: padded(rows) }, ...settings };
      const own = { start: padded(rows), end: padded(recording.end) };
      const expected = rows.map((row, k) => {
        const of = (logits: readonly number[], teacher: readonly number[], label: number) =>
          distilledCrossEntropyReference(logits, teacher, [label], settings)[0]!;
        return of(row, other[k]!, starts[k]!) + of(recording.end[k]!, row, ends[k]!);
      });
      const mean = expected.reduce((sum, value) => sum + value, 0) / rows.length;
      expectAllClose(spanLoss(own, { starts, ends }, lesson), [mean]);
    });
  });

  test('moves the logits within a context as float64 says, and none beyond', () => {
    const settings = { share: 0.6, temperature: 1.5 };
    tidy(() => {
      const lesson = { logits: { start: padded(other), end: padded(other) }, ...settings };
      const end = padded(rows);
      const slopes = grad((start: Tensor) =>
        spanLoss({ start: start as typeof end, end }, { starts, ends }, lesson),
      )(padded(rows));
      rows.forEach((row, k) => {
        const exact = (at: Float64Array): number =>
          distilledCrossEntropyReference(at, other[k]!, [starts[k]!], settings)[0]! / rows.length;
        const found = slice(slopes, [k, 0], [1, time]).dataSync();
        const expected = finiteDifference(exact, Float64Array.from(row));
        expectAllClose(found.slice(0, row.length), expected, { rtol: 1e-4 });
        expect([...found.slice(row.length)].every((slope) => slope === 0)).toBe(true);
      });
    });
  });

  test('is the loss of the answers where nothing comes from the teacher', () => {
    tidy(() => {
      const own = { start: padded(rows), end: padded(recording.end) };
      const lesson = { logits: { start: padded(other), end: padded(other) }, share: 0 };
      const expected = rows.map(
        (row, k) =>
          softmaxCrossEntropyReference(row, [starts[k]!])[0]! +
          softmaxCrossEntropyReference(recording.end[k]!, [ends[k]!])[0]!,
      );
      const mean = expected.reduce((sum, value) => sum + value, 0) / rows.length;
      expectAllClose(spanLoss(own, { starts, ends }, lesson), [mean]);
    });
  });
});

describe('bestSpan', () => {
  const every = (start: readonly number[], end: readonly number[]) =>
    start
      .flatMap((a, i) => end.map((b, j) => ({ i, j, sum: a + b })))
      .filter(({ i, j }) => i <= j)
      .reduce((best, next) => (next.sum > best.sum ? next : best));

  test('is the best of all spans that end where they start or later', () => {
    for (let seed = 0; seed < 50; seed++) {
      const draw = (k: number) =>
        Array.from({ length: 6 }, (_, t) => Math.sin(seed * 13 + t * 7 + k));
      const [start, end] = [draw(1), draw(2)];
      const { i, j } = every(start, end);
      expect(bestSpan(start, end, 6)).toMatchObject({ start: i, end: j });
    }
  });

  test('looks at the tokens of the context only, and scores by probability', () => {
    const found = bestSpan([0, 0, 9], [0, 0, 9], 2);
    expect(found).toMatchObject({ start: 0, end: 0 });
    expect(found.score).toBeCloseTo(Math.log(1 / 4));
  });

  test('needs a token', () => {
    expect(() => bestSpan([], [], 0)).toThrow('expected at least one token');
  });
});
