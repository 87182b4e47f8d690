import { denseLayer, dropoutLayer, embeddingLayer, rhnLayer, sequence } from '@secateur/cells';
import { languageModel, type LanguageModel } from './network.ts';

/** Settings of {@link rhnNetwork}; the rates of dropout count in training only. */
export interface RhnSettings {
  /** Recurrence depth. */
  readonly depth: number;
  readonly transformBias: number;
  /** Of whole words. */
  readonly wordDropout?: number;
  /** Of features of the network's input. */
  readonly inputDropout?: number;
  /** Of entries of the state, as the recurrent products read it. */
  readonly stateDropout?: number;
  /** Of features of the network's output. */
  readonly outputDropout?: number;
}

/**
 * A Recurrent Highway Network whose embedding is also its softmax ("Variational RHN + WT", Zilly et al. 2017). All dropout is
 * variational: one mask a row of the window.
 */
export function rhnNetwork(settings: RhnSettings): LanguageModel {
  const { depth, transformBias } = settings;
  const { wordDropout = 0, inputDropout = 0, stateDropout = 0, outputDropout = 0 } = settings;
  const units = { input: 'width', units: 'width' };
  const net = sequence(
    embeddingLayer('embedding', { vocab: 'vocab', width: 'width', wordDropout }),
    dropoutLayer(inputDropout, { variational: true }),
    rhnLayer('rhn', { ...units, depth, transformBias, stateDropout }),
    dropoutLayer(outputDropout, { variational: true }),
    denseLayer('softmax', { input: 'width', output: 'vocab', tiedTo: 'embedding' }),
  );
  return languageModel('rhn', net);
}
