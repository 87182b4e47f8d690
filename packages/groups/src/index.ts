/**
 * Layouts with named weight axes, and the Intrinsic Sparse Structure groups that they imply.
 * @packageDocumentation
 */
export type {
  Arrow,
  Axis,
  AxisExpression,
  GroupSet,
  Layout,
  LayoutJson,
  NamedArray,
  Role,
  Segment,
  Shapes,
  Slice,
  WeightExpression,
  WeightLayout,
  Weights,
} from './types.ts';
export { GroupError, type GroupErrorCode } from './error.ts';
export { formatAxis, formatLayout, formatWeight } from './notation/format.ts';
export { parseAxis } from './notation/parse-axis.ts';
export { parseLayout } from './notation/parse-layout.ts';
export { parseWeight } from './notation/parse-weight.ts';
export {
  dimensionAxis,
  fixedAxis,
  repeatAxis,
  sumAxes,
  weightExpression,
} from './notation/expression.ts';
export { layoutFromJson, layoutToJson } from './notation/layout-json.ts';
export { layoutOfWeights } from './build-layout.ts';
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
export { groupSize, sliceOutside, type GroupSizeOptions } from './group-size.ts';
export { describeGroups, describeLayout } from './describe-layout.ts';
export { readIssGroupFile } from './iss-group-file.ts';
export {
  recurrentLayout,
  recurrentWeights,
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
export {
  layersModelLayout,
  type ExplainedLayout,
  type LayersModelLayoutOptions,
} from './layers-model/layers-model-layout.ts';
export { layerSizes, type LayerSizes } from './layers-model/layer-rules.ts';
export type {
  LayerLike,
  LayersModelLike,
  LayerVariableLike,
  NodeLike,
  SymbolicTensorLike,
} from './layers-model/model-like.ts';
