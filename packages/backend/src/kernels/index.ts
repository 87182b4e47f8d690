/**
 * For packages that bring a backend or a kernel, and for what calls fused kernels: drivers, the contracts of the fused kernels, their
 * composed forms.
 * @packageDocumentation
 */
import '../register-gradients.ts';

export type { Availability, BackendDriver } from '../backend-driver.ts';
export { registerDriver } from '../driver-registry.ts';
export { activate } from '../activate.ts';
export { readsAtOnce } from '../reads-at-once.ts';
export { replaceKernel } from '../replace-kernel.ts';
export { callable, stockConfig, type StockKernel } from '../stock-kernel.ts';

export type { ArrayBackend, TensorArray } from './array-backend.ts';
export { segmentSumKernel } from './segment-sum-kernel.ts';
export { unsortedSegmentSum } from './unsorted-segment-sum.ts';
export { squaredNormsKernel } from './squared-norms-kernel.ts';
export { squaredSums, sumsByAxis, type RowColumnSums } from './squared-sums.ts';
export { averagePool } from './average-pool.ts';
export { poolKernels } from './pool-kernels.ts';
export { type PoolAttributes, poolWindows, type Windows } from './windows.ts';
export { resizeNearestGradKernel } from './resize-nearest-grad-kernel.ts';
export { repeated, repeatsAsWhole } from './repeat.ts';
export { withWholeBatches } from './whole-batches.ts';
export { batchNormKernel } from './batch-norm-kernel.ts';
export { penaltyFactorsKernel } from './penalty-factors-kernel.ts';
export { crossEntropyKernel } from './cross-entropy-kernel.ts';
export { crossEntropy } from './cross-entropy.ts';
export { crossEntropyGradKernel } from './cross-entropy-grad-kernel.ts';
export { crossEntropyGrad } from './cross-entropy-grad.ts';
export { distilledCrossEntropyKernel } from './distilled-cross-entropy-kernel.ts';

export {
  composedRecurrentSequence,
  composedRecurrentSequenceGrad,
  recurrentSequence,
  type RecurrentSequenceAttributes,
  type RecurrentSequenceInputs,
  type RecurrentSequenceOutputs,
} from '../fused/recurrent-sequence.ts';
export {
  cellAttributes,
  cellDepth,
  cellDone,
  cellInputs,
  gradientNames,
  inputNames,
  mapCellInputs,
  otherStates,
  type CellDone,
  type CellInputs,
  type CellKernelAttributes,
  type InputName,
} from '../fused/cell-kernel.ts';
export type { CellAttributes } from '../fused/cell-values.ts';
export type { CellOperations, Matrix, SlopeOp } from '../fused/cell-operations.ts';
export { cellForward, type CellResult } from '../fused/cell-forward.ts';
export { statesBefore } from '../fused/cell-levels.ts';
export {
  cellBackward,
  type BackInTime,
  type CellGradients,
  type SumGradients,
} from '../fused/cell-backward.ts';
export type { Columns } from '../fused/cell-blocks.ts';
export { sparseSoftmaxCrossEntropy } from '../fused/cross-entropy.ts';
export {
  composedDistilledCrossEntropy,
  distilledCrossEntropy,
  type DistillationAttributes,
} from '../fused/distilled-cross-entropy.ts';
export { groupSquaredNorms } from '../fused/group-squared-norms.ts';
export {
  componentSquares,
  composedPenaltyFactors,
  penaltyFactors,
  SMALLEST_NORM,
  type GroupConnections,
  type PenaltyFactorsInputs,
  type PenaltyRule,
} from '../fused/penalty-factors.ts';
export { matrixShape, type RowColumnFactors } from '../fused/row-column-factors.ts';
export {
  penalizedGradient,
  penalizedSquaredNorm,
  type PenalizedInputs,
} from '../fused/penalized-gradient.ts';
export { sgdStep, type SgdInputs, type SgdSettings } from '../fused/sgd-step.ts';
export { adamStep, type AdamInputs, type AdamSettings } from '../fused/adam-step.ts';
export { shrinkWeight } from '../fused/shrink-weight.ts';
export { KERNELS, type FusedKernelName } from '../fused/kernels.ts';
export { nodeBuiltin, nodeProcess, type NodeProcess } from '../node-builtin.ts';
export { checkAttributes } from '../fused/check-attributes.ts';
export {
  contracts,
  type AttributeKind,
  type InputContract,
  type KernelContract,
  type NamedShape,
} from '../fused/contract.ts';
export {
  checkInputs,
  checkTensor,
  describeTensor,
  type Caller,
  type Sizes,
} from '../fused/check.ts';
export {
  composedKernel,
  registerFusedKernel,
  runFused,
  type FusedImplementation,
  type FusedKernel,
} from '../fused/registry.ts';
export {
  composedSparseSoftmaxCrossEntropy,
  composedSparseSoftmaxCrossEntropyGrad,
} from '../fused/cross-entropy.ts';
export { composedGroupSquaredNorms } from '../fused/group-squared-norms.ts';
export {
  composedPenalizedGradient,
  composedPenalizedSquaredNorm,
} from '../fused/penalized-gradient.ts';
export { composedSgdStep } from '../fused/sgd-step.ts';
export { composedAdamStep } from '../fused/adam-step.ts';
export { composedShrinkWeight } from '../fused/shrink-weight.ts';
