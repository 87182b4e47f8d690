// The module's exports: kernels over addresses in the memory of TensorFlow.js's WASM backend, which it imports.
export { biasActivate } from './activate';
export { gemmScratch } from './blocks';
export { cellBackward, cellReads } from './cell-backward';
export { cellForward } from './cell-forward';
export { copyRows, zeros } from './copy';
export { clip, pairs } from './elementwise';
export { gemm } from './gemm';
export { attach, controlSize, setThreads } from './pool';
export { pool } from './pooling';
export {
  sharedCrossEntropy as crossEntropy,
  sharedCrossEntropyGrad as crossEntropyGrad,
  sharedDistilledCrossEntropy as distilledCrossEntropy,
  sharedSgdStep as sgdStep,
} from './rows-shared';
export { gatherRows, idOutside, scatterRows } from './rows';
export { serve } from './serve';
export { sums } from './sums';
export { toTimeMajor } from './time-major';
export {
  rowPieces,
  sharedPenalizedSquares as penalizedSquares,
  sharedSquaredRowsAndColumns as squaredRowsAndColumns,
  squarePieces,
} from './norms-shared';
export { adamStep, penalizedGradient, shrinkWeight } from './update';
