import { denseLayer, dropoutLayer, embeddingLayer, lstmLayer, sequence } from '@secateur/cells';
import { languageModel, type LanguageModel } from './network.ts';

/** Order of the gate blocks in every kernel: that of Keras and PyTorch. */
export const GATES = 'ifgo';

/** Options of {@link stackedLstm}. */
export interface StackedLstmSettings {
  /** How many LSTMs there are. */
  readonly layers: number;
  readonly forgetBias: number;
  /** Rate of dropout, in training. */
  readonly dropout?: number;
}

/** The dimensions of the units of so many layers: `h1`, `h2` and so on. */
export const unitDims = (layers: number): string[] =>
  Array.from({ length: layers }, (_, k) => `h${k + 1}`);

/**
 * Stacked LSTMs. Dropout is on the embedding's output and on every layer's output, never on the recurrence (Zaremba et al.
 * 2014).
 */
export function stackedLstm({
  layers,
  forgetBias,
  dropout = 0,
}: StackedLstmSettings): LanguageModel {
  const drop = dropoutLayer(dropout);
  const widths = ['embed', ...unitDims(layers)];
  const lstms = widths.slice(1).flatMap((units, k) => {
    const options = { input: widths[k]!, units, gates: GATES, forgetBias };
    return [lstmLayer(`lstm${k + 1}`, options), drop];
  });
  const net = sequence(
    embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
    drop,
    ...lstms,
    denseLayer('softmax', { input: widths.at(-1)!, output: 'vocab' }),
  );
  return languageModel('stacked-lstm', net);
}
