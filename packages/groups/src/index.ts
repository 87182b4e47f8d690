/**
 * Layouts with named weight axes, and the Intrinsic Sparse Structure groups that they imply.
 * @packageDocumentation
 */
export type {
  Axis,
  GroupSet,
  Layout,
  LayoutJson,
  NamedArray,
  Role,
  Segment,
  Shapes,
  Slice,
  WeightLayout,
  Weights,
} from './types.ts';
export { GroupError } from './error.ts';
export { formatLayout, parseLayout } from './parse-layout.ts';
export { layoutFromJson, layoutToJson } from './layout-json.ts';
export { fixDims, mergeLayouts, resizeLayout } from './change-layout.ts';
export { checkShapes, layoutShapes, weightShape } from './shapes.ts';
export { costFunction, countMacs, countParameters, type CostKind } from './count.ts';
export { equalSizes, type Goal, type Sizes } from './goals/goal.ts';
export { resolveGoals, type CostTarget, type GoalContext } from './goals/resolve-goals.ts';
export {
  componentsToRemove,
  rankComponents,
  type RankedComponent,
} from './goals/rank-components.ts';
export { issGroups, recurrentDims, type IssGroupOptions } from './iss-groups.ts';
export { groupSize, type GroupSizeOptions } from './group-size.ts';
export { describeGroups, describeLayout } from './describe-layout.ts';
export { readIssGroupFile } from './iss-group-file.ts';
export {
  recurrentLayout,
  recurrentNotation,
  type RecurrentLayoutOptions,
} from './recurrent-layout.ts';
export type {
  DescribedBidirectional,
  DescribedDense,
  DescribedDropout,
  DescribedEmbedding,
  DescribedLayer,
  DescribedRecurrent,
  LayerDescription,
} from './network/layer-description.ts';
export { networkLayout } from './network/network-layout.ts';
export { kerasGruLayout, type KerasGruLayoutOptions } from './keras-gru-layout.ts';
export {
  tf1LstmLayout,
  torchGruLayout,
  torchLstmLayout,
  type Tf1LstmLayoutOptions,
  type TorchLayoutOptions,
  type TorchLstmLayoutOptions,
} from './framework-layouts.ts';
export {
  layersModelLayout,
  type ExplainedLayout,
  type LayersModelLayoutOptions,
} from './layers-model/layers-model-layout.ts';
export type {
  LayerLike,
  LayersModelLike,
  LayerVariableLike,
  NodeLike,
  SymbolicTensorLike,
} from './layers-model/model-like.ts';
