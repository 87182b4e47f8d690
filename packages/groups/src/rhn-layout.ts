import { rhnCell } from '@secateur/kernels';
import { mergeLayouts } from './change-layout.ts';
import { cellLayout } from './from-notation.ts';
import { layoutOfCell } from './recurrent-layout.ts';
import type { Layout } from './types.ts';

/** What {@link rhnLayout} is told. */
export interface RhnLayoutOptions {
  /** Prefix of the weights' names: `name/kernel`, `name/recurrent` and `name/bias`. */
  readonly name: string;
  /** The input axis in the notation; a tied embedding makes it the hidden dimension itself. */
  readonly input: string;
  /** Name of the hidden dimension, which all depths share. */
  readonly units: string;
  /** Recurrence depth, 1 or more. */
  readonly depth: number;
  /** Sizes of the dimensions that occur; others are left out. */
  readonly dims: Readonly<Record<string, number>>;
}

/** What {@link rhnLanguageModelLayout} is told. */
export interface RhnLanguageModelLayoutOptions {
  /** Number of words, the size of dimension `vocab`. */
  readonly vocab: number;
  /** Width of embedding and state, the size of dimension `width`. */
  readonly width: number;
  /** Recurrence depth, 1 or more. */
  readonly depth: number;
}

/**
 * A Recurrent Highway Network whose carry gate is coupled to its transform gate (Zilly et al. 2017): kernel
 * `[input, 2 units]`, read at the first depth only, recurrent `[units, depth * 2 units]` and bias `[depth * 2 units]`.
 * Each depth has two blocks of columns, the candidate's and the transform gate's. One state passes through all depths, so
 * that they have one dimension.
 */
export function rhnLayout(options: RhnLayoutOptions): Layout {
  return layoutOfCell('rhnLayout', rhnCell, options);
}

/**
 * The language model of the paper's Table 2: a tied `embedding`, which writes the width that the network reads and, turned
 * round, reads it again for the logits; `rhn/*`, and `softmax/bias`. The dimensions are `vocab` and `width`.
 */
export function rhnLanguageModelLayout(options: RhnLanguageModelLayoutOptions): Layout {
  const { vocab, width, depth } = options;
  const dims = { vocab, width };
  return mergeLayouts(
    cellLayout('rhnLanguageModelLayout', dims, { embedding: 'vocab <-> width' }),
    rhnLayout({ name: 'rhn', input: 'width', units: 'width', depth, dims }),
    cellLayout('rhnLanguageModelLayout', dims, { 'softmax/bias': '-> vocab' }),
  );
}
