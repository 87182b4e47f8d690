/**
 * LSTM over whole sequences, embedding, dense, dropout, softmax loss and seeded initialisers.
 * @packageDocumentation
 */
export {
  lstm,
  type LstmOptions,
  type LstmResult,
  type LstmState,
  type LstmWeights,
} from './lstm.ts';
export { embedding } from './embedding.ts';
export { dense } from './dense.ts';
export { dropout, dropoutMask } from './dropout.ts';
export { softmaxCrossEntropy } from './softmax-cross-entropy.ts';

export { lstmCell, type LstmCell, type LstmCellOptions } from './lstm-cell.ts';
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
export { foldSeed } from './random.ts';
export { CellError } from './error.ts';
