import type { CallNode, Layer } from '../../../src/tfjs/layers-model/layer-objects.ts';

/**
 * Whether TensorFlow.js may give a recurrent layer a mask that is not its own: when it runs a model, a mask stays in the
 * arguments of all layers that it runs after the one that is masked. Such a model computes by chance, also before pruning.
 */
export function hasStrayMask(layers: ReadonlySet<Layer>): boolean {
  const all = [...layers];
  if (!all.some(isMasking)) return false;
  return all.some(
    (layer) => readsMasks(layer) && layer.inboundNodes.some((node) => !isMasked(node)),
  );
}

const isMasking = (layer: Layer): boolean => layer.getClassName() === 'Masking';

const readsMasks = (layer: Layer): boolean =>
  'cell' in layer || layer.getClassName() === 'Bidirectional';

function isMasked({ inputTensors, inboundLayers }: CallNode): boolean {
  // The node of an input has the input itself among its inputs.
  if (inboundLayers.length === 0) return false;
  return inputTensors.some(({ sourceLayer, nodeIndex }) => {
    const node = sourceLayer.inboundNodes[nodeIndex];
    return isMasking(sourceLayer) || (node !== undefined && isMasked(node));
  });
}
