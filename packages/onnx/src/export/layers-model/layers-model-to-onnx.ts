import type { ModelProto } from 'onnx-buf';
import {
  layersModelLayout,
  type LayerLike,
  type LayersModelLike,
  type LayerVariableLike,
  type SymbolicTensorLike,
} from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { argumentError, networkError } from '../../error.ts';
import { onnxGraph, type AxisSize, type OnnxGraph } from '../graph.ts';
import { checkOpset, onnxModel, type OnnxOpset } from '../onnx-model.ts';
import type { Call, NamedWeight, ReadableModel } from './facts.ts';
import { writeCall } from './rules.ts';

/** Options of {@link layersModelToOnnx}. */
export interface LayersModelToOnnxOptions {
  /** Version of the operators: 17 by default, with format 8, or 22 with format 10. */
  readonly opset?: OnnxOpset;
}

/**
 * Writes a `tf.LayersModel` as ONNX: what it computes outside of training. It takes the layers that `layersModelLayout` understands,
 * `ResetAfterGRU` of `@secateur/cells/layers` among them, and LayerNormalization and Softmax.
 *
 * Inputs and outputs have the names of their layers and the shapes of the model; what is not known is free. An input that only
 * embeddings read is int32, others are float32. The states of a stateful layer are inputs and outputs, `name/h0` and `name/hn`,
 * `[1, batch, units]`. The layout travels in the file.
 *
 * @throws {@link OnnxError} that names the layer which ONNX cannot compute, or which we do not know.
 *
 * @example
 * ```ts
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * import { useBackend } from '@secateur/backend';
 * import { encodeOnnx, layersModelToOnnx } from '@secateur/onnx';
 * import { InferenceSession, Tensor } from 'onnxruntime-node';
 *
 * await useBackend('cpu');
 * const sum = layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones', name: 'sum' });
 * const model = sequential({ layers: [layers.inputLayer({ inputShape: [2], name: 'x' }), sum] });
 * const session = await InferenceSession.create(encodeOnnx(await layersModelToOnnx(model)));
 * const results = await session.run({ x: new Tensor('float32', [1, 2, 3, 4], [2, 2]) });
 * results['sum']?.data; // => [3, 7]
 * model.dispose();
 * ```
 */
export async function layersModelToOnnx(
  model: ReadableModel,
  options: LayersModelToOnnxOptions = {},
): Promise<ModelProto> {
  checkOptions('layersModelToOnnx', options, { opset: true }, argumentError);
  const { opset = 17 } = options;
  checkOpset('layersModelToOnnx', opset);
  const layout = layersModelLayout(model);
  const weights = new Map<LayerVariableLike, NamedWeight>();
  for (const variable of model.weights) {
    const data = Float32Array.from(await variable.read().data());
    const shape = variable.shape.map((size) => size ?? 0);
    weights.set(variable, { name: variable.name, shape, data });
  }
  const graph = onnxGraph(opset);
  const shared: Shared = { graph, weights, states: new Map() };
  const inputs = model.inputs.map((tensor) => {
    const { name } = tensor.sourceLayer;
    const type = onlyEmbeddingsRead(model, tensor) ? 'int32' : 'float32';
    const time = model.inputs.length === 1 ? 'time' : `${name}/time`;
    return graph.input(name, type, axesOf(tensor.shape, name, time));
  });
  const values = walk(model, inputs, shared);
  model.outputs.forEach((tensor, k) => {
    const { name } = tensor.sourceLayer;
    const again = model.outputs.slice(0, k).some((other) => other.sourceLayer.name === name);
    const own = again || inputs.includes(name) ? `${name}:${k}` : name;
    graph.output(own, values[k]!, 'float32', axesOf(tensor.shape, own, `${own}/time`));
  });
  for (const [name, { value, units }] of shared.states)
    graph.output(`${name}n`, value, 'float32', [1, 'batch', units]);
  return onnxModel(graph, { layout });
}

/** What the walk through a model and those inside it shares. */
interface Shared {
  readonly graph: OnnxGraph;
  readonly weights: ReadonlyMap<LayerVariableLike, NamedWeight>;
  /** Of layers that keep their states, by name; they become outputs after those of the model. */
  readonly states: Map<string, { readonly value: string; readonly units: number }>;
}

/** Sizes of axes: the batch and what else is not known is free. */
function axesOf(shape: SymbolicTensorLike['shape'], name: string, time: string): AxisSize[] {
  return shape.map((size, k) => size ?? (k === 0 ? 'batch' : k === 1 ? time : `${name}/${k}`));
}

/** Follows the graph from its outputs back to its inputs and writes every call on the way once. */
function walk(model: LayersModelLike, inputs: readonly string[], shared: Shared): string[] {
  const known = new Map(model.inputs.map((tensor, k) => [tensor.id, inputs[k]!]));
  const visit = (tensor: SymbolicTensorLike): string => {
    const before = known.get(tensor.id);
    if (before !== undefined) return before;
    const layer = tensor.sourceLayer;
    const node = layer.inboundNodes[tensor.nodeIndex]!;
    const from = node.inputTensors.map(visit);
    const made = isModel(layer)
      ? walk(layer, from, shared)
      : writeCall(layer, {
          ...callTools(shared),
          inputs: from,
          inputShapes: node.inputTensors.map(({ shape }) => shape),
          outputShapes: node.outputTensors.map(({ shape }) => shape),
        });
    node.outputTensors.forEach((output, k) => known.set(output.id, made[k]!));
    return known.get(tensor.id)!;
  };
  return model.outputs.map(visit);
}

function callTools({
  graph,
  weights,
  states,
}: Shared): Pick<Call, 'graph' | 'weight' | 'takeState' | 'keepState'> {
  return {
    graph,
    weight(layer, kind) {
      const variable = layer.weights.find((each) => each.originalName.split('/').at(-1) === kind);
      if (variable === undefined) return undefined;
      const found = weights.get(variable);
      if (found !== undefined) return found;
      throw networkError(
        `layersModelToOnnx: expected the values of "${variable.name}" among the weights of the model, found none; is the model built?`,
      );
    },
    takeState(name, units) {
      // Which call comes first, and so leaves its state to the other, is not for the graph to say.
      if (states.has(name)) {
        throw networkError(
          `layersModelToOnnx: expected a layer that keeps its state to be called once, found "${name}" again; give each call a layer of its own.`,
        );
      }
      states.set(name, { value: '', units });
      return graph.input(`${name}0`, 'float32', [1, 'batch', units]);
    },
    keepState(name, value) {
      states.set(name, { value, units: states.get(name)!.units });
    },
  };
}

/** Tells a model inside the model from other layers. */
function isModel(layer: LayerLike): layer is LayerLike & LayersModelLike {
  const { inputs, outputs } = layer as Partial<LayersModelLike>;
  return Array.isArray(inputs) && Array.isArray(outputs);
}

/** Whether all layers that an input goes into look its values up as indices. */
function onlyEmbeddingsRead(model: LayersModelLike, input: SymbolicTensorLike): boolean {
  const readers = new Set<LayerLike>();
  const seen = new Set<number>();
  const visit = (tensor: SymbolicTensorLike): void => {
    if (seen.has(tensor.id) || model.inputs.some(({ id }) => id === tensor.id)) return;
    seen.add(tensor.id);
    const node = tensor.sourceLayer.inboundNodes[tensor.nodeIndex]!;
    if (node.inputTensors.some(({ id }) => id === input.id)) readers.add(tensor.sourceLayer);
    node.inputTensors.forEach(visit);
  };
  model.outputs.forEach(visit);
  return readers.size > 0 && [...readers].every((each) => each.getClassName() === 'Embedding');
}
