/**
 * Finds the dead components of a network, cuts them out of its weights and says what changed; plain typed arrays, so
 * it serves weights from anywhere.
 * @packageDocumentation
 */
export { findRemovable, type FindRemovableOptions, type Removable } from './find-removable.ts';
export {
  chooseKept,
  type ChooseKeptOptions,
  type ChosenKept,
  type KeptCost,
} from './choose-kept.ts';
export type { EqualDims } from './equal-dims.ts';
export { componentNorms } from './component-norms.ts';
export { componentStrengths } from './strongest.ts';
export { prune, type Pruned } from './prune.ts';
export { expand } from './expand.ts';
export { withUnits } from './with-units.ts';
export type { Kept } from './types.ts';

export { maxAbsDifference } from './difference.ts';
export { formatReport, report, type Change, type PruneReport } from './report.ts';

export { convertGates, foldForgetBias, type ConvertGatesOptions } from './gates.ts';
export { tf1LstmLayout, type Tf1LstmLayoutOptions } from './tf1/layout.ts';
export { tf1ToSecateur, type Tf1Options } from './tf1/tf1-to-secateur.ts';
export { kerasGruLayout, type KerasGruLayoutOptions } from './keras/gru-layout.ts';
export { kerasToTfjs, type ModelJson } from './keras/keras-to-tfjs.ts';
export {
  kerasGruToSecateur,
  type KerasGruOptions,
  type KerasGruWeights,
} from './keras/gru-weights.ts';
export {
  torchGruLayout,
  torchLstmLayout,
  type TorchLayoutOptions,
  type TorchLstmLayoutOptions,
} from './torch/layouts.ts';
export type { TorchOptions } from './torch/settings.ts';
export { torchToSecateur } from './torch/torch-to-secateur.ts';
export { secateurToTorch } from './torch/secateur-to-torch.ts';
export { torchEqualDims } from './torch/one-size.ts';
export { torchModules, type TorchDirection, type TorchModule } from './torch/modules.ts';
export { transpose } from './matrix.ts';
export { weightsFromSafetensors, type WeightsFromSafetensorsOptions } from './safetensors.ts';

export { PrunerError, type PrunerErrorCode } from './pruner-error.ts';
