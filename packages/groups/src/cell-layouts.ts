import { lstmCell } from '@secateur/kernels';
import { mergeLayouts } from './change-layout.ts';
import { GroupError } from './error.ts';
import { cellLayout } from './from-notation.ts';
import { layoutOfCell } from './recurrent-layout.ts';
import type { Layout } from './types.ts';

/** What {@link lstmLayout} is told. */
export interface LstmLayoutOptions {
  /** Prefix of the weights' names: `name/kernel`, `name/recurrent` and `name/bias`. */
  readonly name: string;
  /** The input axis in the notation, for instance `embed` or `fwd + bwd`. */
  readonly input: string;
  /** Name of the hidden dimension. */
  readonly units: string;
  /** Sizes of the dimensions that occur; others are left out. */
  readonly dims: Readonly<Record<string, number>>;
}

/** What {@link denseLayout} is told. */
export interface DenseLayoutOptions {
  /** Prefix of the weights' names: `name/kernel` and `name/bias`. */
  readonly name: string;
  /** The input axis in the notation. */
  readonly input: string;
  /** The output axis in the notation, for instance `vocab`. */
  readonly output: string;
  /** Whether there is a bias; default true. */
  readonly bias?: boolean;
  /** Sizes of the dimensions that occur; others are left out. */
  readonly dims: Readonly<Record<string, number>>;
}

/** What {@link embeddingLayout} is told. */
export interface EmbeddingLayoutOptions {
  /** Name of the single weight. */
  readonly name: string;
  /** The axis that is looked up, for instance `vocab`. */
  readonly vocab: string;
  /** The axis that is written, for instance `embed`. */
  readonly width: string;
  /** Sizes of the dimensions that occur; others are left out. */
  readonly dims: Readonly<Record<string, number>>;
}

/** What {@link stackedLstmLayout} is told. */
export interface StackedLstmLayoutOptions {
  /** Number of words, the size of dimension `vocab`. */
  readonly vocab: number;
  /** Width of the embedding, the size of dimension `embed`. */
  readonly embed: number;
  /** Hidden size of each layer, the sizes of dimensions `h1`, `h2`, and so on. */
  readonly hidden: readonly number[];
}

/** An LSTM in TensorFlow order: kernel `[input, 4 units]`, recurrent `[units, 4 units]` and bias `[4 units]`. */
export function lstmLayout(options: LstmLayoutOptions): Layout {
  return layoutOfCell('lstmLayout', lstmCell, options);
}

/** A dense layer: kernel `[input, output]` and, unless it has none, bias `[output]`. */
export function denseLayout(options: DenseLayoutOptions): Layout {
  const { name, input, output, bias = true, dims } = options;
  return cellLayout('denseLayout', dims, {
    [`${name}/kernel`]: `${input} -> ${output}`,
    ...(bias ? { [`${name}/bias`]: `-> ${output}` } : {}),
  });
}

/** An embedding table `[vocab, width]`, whose rows are fetched and cost no multiply-adds. */
export function embeddingLayout(options: EmbeddingLayoutOptions): Layout {
  const { name, vocab, width, dims } = options;
  return cellLayout('embeddingLayout', dims, { [name]: `${vocab} -> ${width} [lookup]` });
}

/**
 * The language model of the paper's Table 1: `embedding`, `lstm1/*`, `lstm2/*` and so on, `softmax/*`, over the
 * dimensions `vocab`, `embed`, `h1`, `h2` and so on.
 */
export function stackedLstmLayout(options: StackedLstmLayoutOptions): Layout {
  const { vocab, embed, hidden } = options;
  if (!Array.isArray(hidden) || hidden.length === 0) {
    throw new GroupError(
      'stackedLstmLayout: expected at least one hidden size, found none; pass for instance hidden: [1500, 1500]',
    );
  }
  const dims: Record<string, number> = { vocab, embed };
  hidden.forEach((size: number, i) => (dims[`h${i + 1}`] = size));
  const layers = hidden.map((_, i) =>
    lstmLayout({
      name: `lstm${i + 1}`,
      input: i === 0 ? 'embed' : `h${i}`,
      units: `h${i + 1}`,
      dims,
    }),
  );
  return mergeLayouts(
    embeddingLayout({ name: 'embedding', vocab: 'vocab', width: 'embed', dims }),
    ...layers,
    denseLayout({ name: 'softmax', input: `h${hidden.length}`, output: 'vocab', dims }),
  );
}
