import { denseLayer, dropoutLayer, embeddingLayer, rhnLayer, sequence } from '@secateur/cells';
import { languageModel, type LanguageModel } from './network.ts';

/** Settings of {@link rhnNetwork}; the probabilities that something stays count in training only. */
export interface RhnSettings {
  /** Recurrence depth. */
  readonly depth: number;
  readonly transformBias: number;
  /** Of whole words. */
  readonly keepWords?: number;
  /** Of features of the network's input. */
  readonly keepInput?: number;
  /** Of entries of the state, as the recurrent products read it. */
  readonly keepState?: number;
  /** Of features of the network's output. */
  readonly keepOutput?: number;
}

/**
 * A Recurrent Highway Network whose embedding is also its softmax ("Variational RHN + WT", Zilly et al. 2017). All dropout is
 * variational: one mask a row of the window.
 */
export function rhnNetwork(settings: RhnSettings): LanguageModel {
  const { depth, transformBias } = settings;
  const { keepWords = 1, keepInput = 1, keepState = 1, keepOutput = 1 } = settings;
  const units = { input: 'width', units: 'width' };
  const net = sequence(
    embeddingLayer('embedding', { vocab: 'vocab', width: 'width', wordDropout: 1 - keepWords }),
    dropoutLayer(1 - keepInput, { variational: true }),
    rhnLayer('rhn', { ...units, depth, transformBias, stateDropout: 1 - keepState }),
    dropoutLayer(1 - keepOutput, { variational: true }),
    denseLayer('softmax', { input: 'width', output: 'vocab', tiedTo: 'embedding' }),
  );
  return languageModel('rhn', net);
}
