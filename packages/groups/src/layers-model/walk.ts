import { called, type Records } from './layer-facts.ts';
import type { LayerLike, LayersModelLike, NodeLike, SymbolicTensorLike } from './model-like.ts';
import { applyLayer, unknown } from './layer-rules.ts';
import { fix, fixedFeatures, type FeatureAxis } from './symbolic-dims.ts';

/**
 * Follows the graph from its outputs back to its inputs and applies every layer on the way. `inputs` are the features
 * of the model's inputs, which are its caller's when the model is a layer of another model.
 */
export function walkModel(
  model: LayersModelLike,
  inputs: readonly FeatureAxis[],
  records: Records,
): FeatureAxis[] {
  const known = new Map<number, FeatureAxis>();
  model.inputs.forEach((tensor, i) => known.set(tensor.id, inputs[i]!));
  const visit = (tensor: SymbolicTensorLike): FeatureAxis => {
    const before = known.get(tensor.id);
    if (before !== undefined) return before;
    const node = tensor.sourceLayer.inboundNodes[tensor.nodeIndex]!;
    const outputs = applyNode(tensor.sourceLayer, node, node.inputTensors.map(visit), records);
    node.outputTensors.forEach((output, i) => known.set(output.id, outputs[i]!));
    return known.get(tensor.id)!;
  };
  return model.outputs.map(visit);
}

/** Features of the inputs of a whole model: what comes from outside keeps its width. */
export function outsideFeatures(tensors: readonly SymbolicTensorLike[]): FeatureAxis[] {
  return tensors.map(({ shape, sourceLayer: { name } }) =>
    fixedFeatures(shape.at(-1) ?? 0, `the model's input "${name}"`),
  );
}

function applyNode(
  layer: LayerLike,
  node: NodeLike,
  inputs: readonly FeatureAxis[],
  records: Records,
): FeatureAxis[] {
  const call = {
    inputs,
    inputShapes: node.inputTensors.map((tensor) => tensor.shape),
    outputShapes: node.outputTensors.map((tensor) => tensor.shape),
  };
  if (isModel(layer)) {
    const complete = layer.inputs.length === inputs.length;
    return complete ? walkModel(layer, inputs, records) : unknown(layer, call);
  }
  const outputs = applyLayer(layer, call, records);
  if (outputs.length === node.outputTensors.length) return outputs;
  for (const output of outputs) fix(output, `${called(layer)} has outputs of an unknown kind`);
  return unknown(layer, call);
}

/** Tells a model inside the model from other layers. */
export function isModel(layer: LayerLike): layer is LayerLike & LayersModelLike {
  const { inputs, outputs } = layer as Partial<LayersModelLike>;
  return Array.isArray(inputs) && Array.isArray(outputs);
}
