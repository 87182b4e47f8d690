/** One network's measured figures, before or after its dead components were removed. */
export interface NetworkFigures {
  /** Sizes of the dimensions that ISS prunes: the units of each LSTM layer, the width of an RHN. */
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
  readonly epochs: number;
  /** The epoch that the weights are of, counted from 1. */
  readonly epoch: number;
  /** Training speed over the whole run, evaluation excluded. */
  readonly wordsPerSecond: number;
  readonly trainingSeconds: number;
  readonly sample: string;
  readonly versions: Readonly<Record<string, string>>;
}

const number = (value: number): string => value.toLocaleString('en-GB');
const ratio = (before: number, after: number): string => `${(before / after).toFixed(2)}x`;

/** The rows of the before/after table: name, dense, pruned, ratio. */
export function resultRows({ dense, pruned, removed }: Result): string[][] {
  const dims = Object.keys(removed);
  return [
    ...dense.sizes.map((size, layer) => [
      dims[layer]!.replace(/^h(?=\d+$)/, 'units of layer '),
      number(size),
      number(pruned.sizes[layer]!),
      ratio(size, pruned.sizes[layer]!),
    ]),
    [
      'parameters',
      number(dense.parameters),
      number(pruned.parameters),
      ratio(dense.parameters, pruned.parameters),
    ],
    [
      'multiply-adds a word',
      number(dense.macsPerWord),
      number(pruned.macsPerWord),
      ratio(dense.macsPerWord, pruned.macsPerWord),
    ],
    [
      'ms a batch (10 x 30 words)',
      dense.msPerBatch.toFixed(2),
      pruned.msPerBatch.toFixed(2),
      ratio(dense.msPerBatch, pruned.msPerBatch),
    ],
    [
      'perplexity, validation',
      dense.perplexity.valid.toFixed(2),
      pruned.perplexity.valid.toFixed(2),
      '',
    ],
    ['perplexity, test', dense.perplexity.test.toFixed(2), pruned.perplexity.test.toFixed(2), ''],
    ['file, bytes', number(dense.bytes), number(pruned.bytes), ratio(dense.bytes, pruned.bytes)],
  ];
}

/** The before/after table for a terminal. */
export function formatResult(result: Result): string {
  const rows = [['', 'before', 'after', 'ratio'], ...resultRows(result)];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join('   ')
      .trimEnd(),
  );
  lines.splice(1, 0, '-'.repeat(Math.max(...lines.map((line) => line.length))));
  lines.push(
    '',
    `largest logit difference, pruned against unpruned, in a new process: ${result.maxAbsDiff.toExponential(1)}` +
      ` (stock LayersModel: ${result.layersModelMaxAbsDiff.toExponential(1)})`,
  );
  return lines.join('\n');
}
