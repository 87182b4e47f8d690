import {
  countLine,
  fixedLine,
  formatTable,
  resultRows,
  sizeLine,
  timeLine,
} from '@secateur/app/command';
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
interface TeacherFigures extends NetworkFigures {
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
  teacher: figuresSchema
    .extend({ share: z.number(), temperature: z.number(), seconds: z.number() })
    .nullable()
    .default(null),
  questionsPerSecond: z.number(),
  trainingSeconds: z.number(),
  examples: z.array(
    z.object({ question: z.string(), answer: z.string(), right: z.array(z.string()) }),
  ),
  versions: z.record(z.string(), z.string()),
});

/** The table of a result, its head first; `beside` are results of other runs by the names of their columns. */
export const tableOf = (result: Result, beside: Readonly<Record<string, Result>>): string[][] =>
  resultRows<NetworkFigures>(result, beside, [
    ...Object.keys(result.dense.sizes).map((dim) =>
      sizeLine<NetworkFigures>(dim, ({ sizes }) => sizes[dim]),
    ),
    countLine('weights', ({ parameters }) => parameters),
    timeLine('ms a question', ({ msPerQuestion }) => msPerQuestion),
    fixedLine('exact match, validation', ({ valid }) => valid.exactMatch),
    fixedLine('F1, validation', ({ valid }) => valid.f1),
    fixedLine('exact match, test', ({ test }) => test.exactMatch),
    fixedLine('F1, test', ({ test }) => test.f1),
    countLine('file, bytes', ({ bytes }) => bytes),
  ]);

/** The table of a result and some answers, for a terminal. */
export function formatResult(
  result: Result,
  beside: Readonly<Record<string, Result>> = {},
): string {
  return [
    ...formatTable(tableOf(result, beside)),
    '',
    `largest logit difference, pruned against unpruned, in a new process: ${result.maxAbsDiff.toExponential(1)}`,
    ...formatTeacher(result),
    ...result.examples.flatMap(formatAnswered),
  ].join('\n');
}

function formatTeacher({ teacher }: Result): string[] {
  if (teacher === null) return [];
  const { share, temperature } = teacher;
  return ['', `${share} of the loss came from the teacher, at temperature ${temperature}`];
}

/** A question, its answer and what would have been right. */
export function formatAnswered({ question, answer, right }: Answered): string[] {
  return ['', question, `  ${answer}   (right: ${[...new Set(right)].join(' | ')})`];
}
