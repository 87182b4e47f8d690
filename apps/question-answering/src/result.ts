import {
  countLine,
  fixedLine,
  formatTable,
  resultRows,
  resultSchemas,
  sizeLine,
  timeLine,
} from '@secateur/app/command';
import { z } from 'zod';

const score = z.object({
  exactMatch: z.number(),
  f1: z.number(),
  questions: z.number(),
  missing: z.number(),
});

const figures = z.object({
  /** Units of each direction of each LSTM that is pruned, by dimension. */
  sizes: z.record(z.string(), z.number()).readonly(),
  /** Weights, vectors that are not trained left out. */
  parameters: z.number(),
  /** Median time of one question by itself, milliseconds. */
  msPerQuestion: z.number(),
  valid: score,
  test: score,
  /** Size of the weights' file. */
  bytes: z.number(),
});

/** One network's measured figures, before or after its dead components were removed. */
export type NetworkFigures = z.infer<typeof figures>;

const answered = z.object({
  question: z.string(),
  answer: z.string(),
  right: z.array(z.string()).readonly(),
});

/** A question with what was answered. */
export type Answered = z.infer<typeof answered>;

/** What a finished run leaves in `result.json`. */
export const resultSchema = z.object({
  dense: figures,
  pruned: figures,
  ...resultSchemas,
  /** The network that the run learned from, its part of the loss, and what it took it to read the training questions, once. */
  teacher: figures
    .extend({ share: z.number(), temperature: z.number(), seconds: z.number() })
    .nullable()
    .default(null),
  questionsPerSecond: z.number(),
  examples: z.array(answered).readonly(),
});

/** See {@link resultSchema}. */
export type Result = z.infer<typeof resultSchema>;

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
