/**
 * LSTM, GRU and RHN over whole sequences, embedding, dense, dropout, softmax loss and seeded initialisers.
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

export { lstmCell, type LstmCell, type LstmCellOptions } from './lstm-cell.ts';
export { gruCell, type GruCell, type GruCellOptions } from './gru-cell.ts';
export { rhnCell, type RhnCell, type RhnCellOptions } from './rhn-cell.ts';
export { embeddingCell, type EmbeddingCell, type EmbeddingCellOptions } from './embedding-cell.ts';
export { denseCell, type DenseCell, type DenseCellOptions } from './dense-cell.ts';
export type { WeightSource } from './cell-variables.ts';

export {
  constant,
  glorotUniform,
  glorotWeights,
  uniform,
  uniformWeights,
  type GlorotOptions,
  type Initialiser,
  type UniformOptions,
} from './initialisers.ts';
export { foldSeed } from './seed.ts';
export { CellError } from './error.ts';
