// The module's exports: kernels over addresses in the memory of TensorFlow.js's WASM backend, which it imports.
export { biasActivate } from './activate';
export { gemm, gemmScratch } from './gemm';
export { lstmBackward, lstmBackwardScratch } from './lstm-backward';
export { lstmForward, lstmForwardScratch } from './lstm-forward';
export { penalisedSquares, squaredLines } from './norms';
export { adamStep, penalisedGradient, sgdStep, shrinkWeight } from './update';
