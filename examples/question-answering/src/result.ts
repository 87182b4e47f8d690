import { countRow, formatTable, timesLess } from '@secateur/app';
import { z } from 'zod';
import type { Score } from './data/score.ts';

/** One network's measured figures, before or after its dead components were removed. */
export interface NetworkFigures {
  /** Units of each direction of each LSTM that is pruned, by dimension. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Weights, vectors that are not trained left out. */
  readonly parameters: number;
  /** Median time of one question by itself, milliseconds. */
  readonly msPerQuestion: number;
  readonly valid: Score;
  readonly test: Score;
  /** Size of the weights' file. */
  readonly bytes: number;
}

/** The network that a run learnt from, and how much of the loss came from it. */
export interface TeacherFigures extends Pick<NetworkFigures, 'parameters' | 'valid' | 'test'> {
  readonly share: number;
  readonly temperature: number;
  /** What it took it to read the training questions, which it does once. */
  readonly seconds: number;
}

/** A question with what was answered. */
export interface Answered {
  readonly question: string;
  readonly answer: string;
  readonly right: readonly string[];
}

/** What a finished run leaves in `result.json`. */
export interface Result {
  readonly dense: NetworkFigures;
  readonly pruned: NetworkFigures;
  /** Largest difference of a start or end logit between the unpruned network and the pruned one, read in a new process. */
  readonly maxAbsDiff: number;
  /** Components removed, by dimension. */
  readonly removed: Readonly<Record<string, number>>;
  /** Dense milliseconds over pruned milliseconds. */
  readonly speedup: number;
  readonly backend: string;
  readonly seed: number;
  readonly lambda: number;
  /** What the network might cost in the end, a share or a number of multiply-adds; null when lambda was given. */
  readonly targetMacs: number | null;
  readonly epochs: number;
  /** Null where the answers alone were learnt from. */
  readonly teacher: TeacherFigures | null;
  readonly questionsPerSecond: number;
  readonly trainingSeconds: number;
  readonly examples: readonly Answered[];
  readonly versions: Readonly<Record<string, string>>;
}

const scoreSchema = z.object({
  exactMatch: z.number(),
  f1: z.number(),
  questions: z.number(),
  missing: z.number(),
});

const figuresSchema = z.object({
  sizes: z.record(z.string(), z.number()),
  parameters: z.number(),
  msPerQuestion: z.number(),
  valid: scoreSchema,
  test: scoreSchema,
  bytes: z.number(),
});

/** What `result.json` must hold. */
export const resultSchema: z.ZodType<Result> = z.object({
  dense: figuresSchema,
  pruned: figuresSchema,
  maxAbsDiff: z.number(),
  removed: z.record(z.string(), z.number()),
  speedup: z.number(),
  backend: z.string(),
  seed: z.number(),
  lambda: z.number(),
  targetMacs: z.number().nullable().default(null),
  epochs: z.number(),
  teacher: z
    .object({
      share: z.number(),
      temperature: z.number(),
      seconds: z.number(),
      parameters: z.number(),
      valid: scoreSchema,
      test: scoreSchema,
    })
    .nullable()
    .default(null),
  questionsPerSecond: z.number(),
  trainingSeconds: z.number(),
  examples: z.array(
    z.object({ question: z.string(), answer: z.string(), right: z.array(z.string()) }),
  ),
  versions: z.record(z.string(), z.string()),
});

/** The rows of the before/after table: name, dense, pruned, ratio. */
export function resultRows({ dense, pruned }: Result): string[][] {
  const both = (figure: (of: NetworkFigures) => number, digits: number): [string, string] => [
    figure(dense).toFixed(digits),
    figure(pruned).toFixed(digits),
  ];
  return [
    ...Object.entries(dense.sizes).map(([dim, size]) => countRow(dim, size, pruned.sizes[dim]!)),
    countRow('weights', dense.parameters, pruned.parameters),
    [
      'ms a question',
      ...both(({ msPerQuestion }) => msPerQuestion, 2),
      timesLess(dense.msPerQuestion, pruned.msPerQuestion),
    ],
    ['exact match, validation', ...both(({ valid }) => valid.exactMatch, 2), ''],
    ['F1, validation', ...both(({ valid }) => valid.f1, 2), ''],
    ['exact match, test', ...both(({ test }) => test.exactMatch, 2), ''],
    ['F1, test', ...both(({ test }) => test.f1, 2), ''],
    countRow('file, bytes', dense.bytes, pruned.bytes),
  ];
}

/** The before/after table and some answers, for a terminal. */
export function formatResult(result: Result): string {
  return [
    ...formatTable([['', 'before', 'after', 'ratio'], ...resultRows(result)]),
    '',
    `largest logit difference, pruned against unpruned, in a new process: ${result.maxAbsDiff.toExponential(1)}`,
    ...formatTeacher(result),
    ...result.examples.flatMap(formatAnswered),
  ].join('\n');
}

function formatTeacher({ teacher }: Result): string[] {
  if (teacher === null) return [];
  const { share, temperature, parameters, valid, test } = teacher;
  const scores = ({ exactMatch, f1 }: Score): string =>
    `exact match ${exactMatch.toFixed(2)}, F1 ${f1.toFixed(2)}`;
  return [
    '',
    `teacher, with ${share} of the loss at temperature ${temperature}: ${parameters.toLocaleString('en-GB')} weights; ` +
      `validation: ${scores(valid)}; test: ${scores(test)}`,
  ];
}

/** A question, its answer and what would have been right. */
export function formatAnswered({ question, answer, right }: Answered): string[] {
  return ['', question, `  ${answer}   (right: ${[...new Set(right)].join(' | ')})`];
}
