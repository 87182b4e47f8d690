import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Layout } from '@secateur/groups';
import {
  isModel,
  type Layer,
  type Model,
  type SymbolicTensor,
} from './layers-model/layer-objects.ts';

/** The dimensions that leave the model: those of the last layers with weights before each output. */
export function outputDims(model: LayersModel, layout: Layout): Set<string> {
  const dims = new Set<string>();
  const seen = new Set<SymbolicTensor>();
  const trace = (tensor: SymbolicTensor): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    const { sourceLayer: layer, nodeIndex } = tensor;
    if (isModel(layer)) layer.outputs.forEach(trace);
    else if (layer.weights.length > 0) writtenDims(layer, layout).forEach((dim) => dims.add(dim));
    else layer.inboundNodes[nodeIndex]?.inputTensors.forEach(trace);
  };
  (model as unknown as Model).outputs.forEach(trace);
  return dims;
}

function writtenDims(layer: Layer, layout: Layout): string[] {
  const dims = new Set<string>();
  for (const { name } of layer.weights) {
    for (const { role, segments } of layout.weights[name]?.axes ?? []) {
      if (role === 'reads') continue;
      for (const { dim } of segments) if (dim !== undefined) dims.add(dim);
    }
  }
  return [...dims];
}
