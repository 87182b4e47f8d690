import {
  denseLayer,
  dropoutLayer,
  embeddingLayer,
  lstmLayer,
  rhnLayer,
  sequence,
  type LstmLayerOptions,
  type Network,
} from '@secateur/cells';

/** Two LSTMs between an embedding and a softmax. */
export const lstms = (options: Pick<LstmLayerOptions, 'gates' | 'forgetBias'> = {}): Network =>
  sequence(
    embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
    dropoutLayer(0.3),
    lstmLayer('lstm1', { input: 'embed', units: 'h1', ...options }),
    lstmLayer('lstm2', { input: 'h1', units: 'h2', ...options }),
    denseLayer('softmax', { input: 'h2', output: 'vocab' }),
  );

/** A Recurrent Highway Network of depth 4 whose embedding is its softmax as well. */
export const highway = (transformBias = 0): Network =>
  sequence(
    embeddingLayer('embedding', { vocab: 'vocab', width: 'width' }),
    rhnLayer('rhn', { input: 'width', units: 'width', depth: 4, transformBias }),
    denseLayer('softmax', { input: 'width', output: 'vocab', tiedTo: 'embedding' }),
  );
