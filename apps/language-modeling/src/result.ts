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

const figures = z.object({
  /** Sizes of the dimensions that can shrink: the units of each LSTM layer, the width of an RHN, and of an embedding. */
  sizes: z.array(z.number()).readonly(),
  parameters: z.number(),
  /** Multiply-adds a word, the embedding's lookup not counted. */
  macsPerWord: z.number(),
  /** Median time of a forward pass with softmax over 10 rows of 30 words, milliseconds. */
  msPerBatch: z.number(),
  perplexity: z.object({ valid: z.number(), test: z.number() }),
  /** Size of the weights' file. */
  bytes: z.number(),
});

/** One network's measured figures, before or after its dead components were removed. */
export type NetworkFigures = z.infer<typeof figures>;

/** What a finished run leaves in `result.json`. */
export const resultSchema = z.object({
  dense: figures,
  pruned: figures,
  ...resultSchemas,
  /** As `maxAbsDiff`, of the stock LayersModel. */
  layersModelMaxAbsDiff: z.number(),
  /** The network that the run learned from beside the labels, with its folder and its part of the loss; null without one. */
  teacher: figures
    .extend({ directory: z.string(), share: z.number(), temperature: z.number() })
    .nullable()
    .default(null),
  /** The epoch that the weights are of, counted from 1. */
  epoch: z.number(),
  /** Training speed over the whole run, evaluation excluded. */
  wordsPerSecond: z.number(),
  sample: z.string(),
});

/** See {@link resultSchema}. */
export type Result = z.infer<typeof resultSchema>;

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
