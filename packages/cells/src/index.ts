/**
 * Layers that carry their layout, the functions that they compute (LSTM, GRU and RHN over whole sequences, embedding, dense,
 * dropout), losses and seeded initializers.
 * @packageDocumentation
 */
export {
  lstm,
  type LstmOptions,
  type LstmResult,
  type LstmState,
  type LstmWeights,
} from './lstm.ts';
export { gru, type GruOptions, type GruResult, type GruWeights } from './gru.ts';
export { rhn, type RhnOptions, type RhnResult, type RhnWeights } from './rhn.ts';
export { bidirectional, reverseSequences, sequenceMask } from './bidirectional.ts';
export { embedding } from './embedding.ts';
export { dense, type DenseOptions } from './dense.ts';
export { dropout, dropoutMask } from './dropout.ts';
export { variationalDropout, variationalMask, wordDropout } from './variational-dropout.ts';
export { distillation, type DistillationOptions } from './distillation.ts';
export { softmaxCrossEntropy } from './softmax-cross-entropy.ts';

export type {
  Applied,
  ApplyOptions,
  Layer,
  NamedStates,
  NamedTensors,
  Training,
} from './network/layer.ts';
export { embeddingLayer, type EmbeddingLayerOptions } from './network/embedding-layer.ts';
export { denseLayer, type DenseLayerOptions } from './network/dense-layer.ts';
export { dropoutLayer, type DropoutLayerOptions } from './network/dropout-layer.ts';
export {
  gruLayer,
  lstmLayer,
  recurrentLayer,
  rhnLayer,
  type GruLayerOptions,
  type LstmLayerOptions,
  type RecurrentLayer,
  type RecurrentLayerOptions,
  type RhnLayerOptions,
} from './network/recurrent-layer.ts';
export { bidirectionalLayer } from './network/bidirectional-layer.ts';
export { sequence, type Network } from './network/sequence.ts';
export { networkOf } from './network/network-of.ts';
export { weightTensors, weightVariables } from './network/weight-tensors.ts';

export {
  constant,
  glorotUniform,
  glorotWeights,
  uniform,
  uniformWeights,
  type GlorotOptions,
  type Initializer,
  type UniformOptions,
} from './initializers.ts';
export { foldSeed } from './seed.ts';
export { CellError, type CellErrorCode } from './error.ts';
