import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Layout } from '@secateur/groups';

/** What we use of a `tf.layers` layer; the classes themselves are not exported. */
interface LayerLike {
  readonly name: string;
  readonly weights: readonly { readonly name: string }[];
  readonly inboundNodes: readonly { readonly inputTensors: readonly TensorLike[] }[];
  readonly layers?: readonly LayerLike[];
  readonly outputs?: readonly TensorLike[];
  getClassName(): string;
}

interface TensorLike {
  readonly sourceLayer: LayerLike;
  readonly nodeIndex: number;
}

/** The dimensions that leave the model: those of the last layers with weights before each output. */
export function outputDims(model: LayersModel, layout: Layout): Set<string> {
  const dims = new Set<string>();
  const seen = new Set<TensorLike>();
  const trace = (tensor: TensorLike): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    const { sourceLayer: layer, nodeIndex } = tensor;
    if (layer.outputs !== undefined) layer.outputs.forEach(trace);
    else if (layer.weights.length > 0) writtenDims(layer, layout).forEach((dim) => dims.add(dim));
    else layer.inboundNodes[nodeIndex]?.inputTensors.forEach(trace);
  };
  (model.outputs as unknown as TensorLike[]).forEach(trace);
  return dims;
}

function writtenDims(layer: LayerLike, layout: Layout): string[] {
  const dims = new Set<string>();
  for (const { name } of layer.weights) {
    for (const { role, segments } of layout.weights[name]?.axes ?? []) {
      if (role === 'reads') continue;
      for (const { dim } of segments) if (dim !== undefined) dims.add(dim);
    }
  }
  return [...dims];
}
