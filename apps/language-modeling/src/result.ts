import {
  countLine,
  fixedLine,
  formatTable,
  resultRows,
  sizeLine,
  timeLine,
} from '@secateur/app/command';
import { z } from 'zod';

/** One network's measured figures, before or after its dead components were removed. */
export interface NetworkFigures {
  /** Sizes of the dimensions that can shrink: the units of each LSTM layer, the width of an RHN, and of an embedding. */
  readonly sizes: readonly number[];
  readonly parameters: number;
  /** Multiply-adds a word, the embedding's lookup not counted. */
  readonly macsPerWord: number;
  /** Median time of a forward pass with softmax over 10 rows of 30 words, milliseconds. */
  readonly msPerBatch: number;
  readonly perplexity: { readonly valid: number; readonly test: number };
  /** Size of the weights' file. */
  readonly bytes: number;
}

/** The network that a run learned from, and how it took part in the training. */
interface TeacherFigures extends NetworkFigures {
  /** Its model folder. */
  readonly directory: string;
  /** Part of the loss that came from it. */
  readonly share: number;
  readonly temperature: number;
}

/** What a finished run leaves in `result.json`. */
export interface Result {
  readonly dense: NetworkFigures;
  readonly pruned: NetworkFigures;
  /** Largest difference of a logit between the unpruned network and the pruned one, read back in a new process. */
  readonly maxAbsDiff: number;
  /** The same for the stock LayersModel. */
  readonly layersModelMaxAbsDiff: number;
  /** Components removed, by layer. */
  readonly removed: Readonly<Record<string, number>>;
  /** Dense milliseconds over pruned milliseconds. */
  readonly speedup: number;
  readonly backend: string;
  readonly seed: number;
  readonly lambda: number;
  /** What the network might cost in the end, a share or a number of multiply-adds a word; null when lambda was given. */
  readonly targetMacs: number | null;
  /** What the network learned from beside the labels; null without a teacher. */
  readonly teacher: TeacherFigures | null;
  readonly epochs: number;
  /** The epoch that the weights are of, counted from 1. */
  readonly epoch: number;
  /** Training speed over the whole run, evaluation excluded. */
  readonly wordsPerSecond: number;
  readonly trainingSeconds: number;
  readonly sample: string;
  readonly versions: Readonly<Record<string, string>>;
}

const figuresSchema = z.object({
  sizes: z.array(z.number()),
  parameters: z.number(),
  macsPerWord: z.number(),
  msPerBatch: z.number(),
  perplexity: z.object({ valid: z.number(), test: z.number() }),
  bytes: z.number(),
});

/** What `result.json` must hold. */
export const resultSchema: z.ZodType<Result> = z.object({
  dense: figuresSchema,
  pruned: figuresSchema,
  maxAbsDiff: z.number(),
  layersModelMaxAbsDiff: z.number(),
  removed: z.record(z.string(), z.number()),
  speedup: z.number(),
  backend: z.string(),
  seed: z.number(),
  lambda: z.number(),
  targetMacs: z.number().nullable().default(null),
  teacher: figuresSchema
    .extend({ directory: z.string(), share: z.number(), temperature: z.number() })
    .nullable()
    .default(null),
  epochs: z.number(),
  epoch: z.number(),
  wordsPerSecond: z.number(),
  trainingSeconds: z.number(),
  sample: z.string(),
  versions: z.record(z.string(), z.string()),
});

/** The table of a result, its head first; `beside` are results of other runs by the names of their columns. */
export const tableOf = (result: Result, beside: Readonly<Record<string, Result>>): string[][] =>
  resultRows<NetworkFigures>(result, beside, [
    ...Object.keys(result.removed).map((dim, layer) =>
      sizeLine<NetworkFigures>(
        dim.replace(/^h(?=\d+$)/, 'units of layer ').replace('embed', 'width of the embedding'),
        ({ sizes }) => sizes[layer],
      ),
    ),
    countLine('parameters', ({ parameters }) => parameters),
    countLine('multiply-adds a word', ({ macsPerWord }) => macsPerWord),
    timeLine('ms a batch (10 x 30 words)', ({ msPerBatch }) => msPerBatch),
    fixedLine('perplexity, validation', ({ perplexity }) => perplexity.valid),
    fixedLine('perplexity, test', ({ perplexity }) => perplexity.test),
    countLine('file, bytes', ({ bytes }) => bytes),
  ]);

/** The table of a result for a terminal. */
export function formatResult(
  result: Result,
  beside: Readonly<Record<string, Result>> = {},
): string {
  return [
    ...formatTable(tableOf(result, beside)),
    '',
    `largest logit difference, pruned against unpruned, in a new process: ${result.maxAbsDiff.toExponential(1)}` +
      ` (stock LayersModel: ${result.layersModelMaxAbsDiff.toExponential(1)})`,
  ].join('\n');
}
