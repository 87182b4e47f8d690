import type { LayersModel } from '@tensorflow/tfjs-layers';
import { modelError } from '../../pruner-error.ts';
import { chainOf, inputsOf, listCalls, nodeOf } from './calls.ts';
import {
  childrenOf,
  disposeLayer,
  isModel,
  type CallNode,
  type Config,
  type Layer,
  type Model,
  type Shape,
  type SymbolicTensor,
} from './layer-objects.ts';

/** Makes the configuration of a copy from the layer's own and the shapes of its inputs, before and now. */
export type Reconfigure = (
  layer: Layer,
  config: Config,
  before: readonly Shape[],
  now: readonly Shape[],
) => Config;

/** A copy of a model. */
export interface ModelCopy {
  readonly model: LayersModel;
  /** The copy of every layer that the graph calls, at any depth of models in models. */
  readonly copies: ReadonlyMap<Layer, Layer>;
}

/**
 * Copies a model layer by layer and call by call, with configurations that `reconfigure` may change. A layer that is
 * shared, also between models inside the model, has one copy. Weights of the copy are zeros: no initializer is run.
 *
 * If a layer cannot be copied, what was made until then is disposed.
 */
export function cloneModel(source: LayersModel, reconfigure: Reconfigure): ModelCopy {
  const root = source as unknown as Model;
  const copies = new Map<Layer, Layer>();
  const nodes = new Map<CallNode, CallNode>();
  const { parts, callers, chains, inputs: inputModels } = listCalls(root);
  const begun = new Set<Model>();
  const pending = new Set<CallNode | Model>();

  /** Does one part of the work, unless it turns out to need itself. */
  const once = <T>(part: CallNode | Model, layer: Layer, work: () => T): T => {
    if (pending.has(part)) {
      throw modelError(
        `pruneLayersModel: expected layers inside a model not to be part of what that model is called on, found "${layer.name}" to be both; make the model inside part of the outer one, or leave its dimensions out of dims.`,
      );
    }
    pending.add(part);
    const result = work();
    pending.delete(part);
    return result;
  };

  const tensorOf = (tensor: SymbolicTensor): SymbolicTensor =>
    copyOfNode(nodeOf(tensor)).outputTensors[tensor.tensorIndex]!;

  /** Calls the copy of a node's layer as the layer was called, unless that has been done. */
  const copyOfNode = (node: CallNode): CallNode => {
    const chain = chains.get(node);
    // A Sequential model makes its calls itself.
    if (chain !== undefined && !begun.has(chain)) copyOfModel(chain);
    return (
      nodes.get(node) ??
      once(node, node.outboundLayer, () => {
        copyEarlierCalls(node);
        const inputs = inputsOf(node).map(tensorOf);
        const copy = copyOf(node.outboundLayer, node, inputs);
        if (inputs.length > 0) {
          copy.apply(inputs.length === 1 ? inputs[0] : inputs, callArguments(node));
        }
        return record(node, copy.inboundNodes.at(-1)!);
      })
    );
  };

  /**
   * The calls of a layer in one model are told apart by their order, so they are made in that order. And a `Sequential`
   * model wants its first layer to have been called nowhere else.
   */
  const copyEarlierCalls = (node: CallNode): void => {
    for (const earlier of node.outboundLayer.inboundNodes) {
      if (earlier === node) return;
      const shared = [...(parts.get(earlier) ?? [])].some((model) => parts.get(node)!.has(model));
      const chain = chains.get(earlier);
      if (shared || (chain !== undefined && chainOf(chain)[0] === earlier)) copyOfNode(earlier);
    }
  };

  const record = (node: CallNode, copy: CallNode): CallNode => {
    nodes.set(node, copy);
    return copy;
  };

  const copyOf = (layer: Layer, node: CallNode, inputs: readonly SymbolicTensor[]): Layer => {
    const owner = inputModels.get(layer);
    if (owner !== undefined && !copies.has(layer)) copyInputs(owner);
    return (
      copies.get(layer) ??
      (isModel(layer)
        ? copyOfModel(layer)
        : copyOfLayer(layer, shapesOf(inputsOf(node)), shapesOf(inputs)))
    );
  };

  const copyOfLayer = (layer: Layer, before: readonly Shape[], now: readonly Shape[]): Layer => {
    const copy = fromConfig(layer, reconfigure(layer, jsonOf(layer.getConfig()), before, now));
    copies.set(layer, copy);
    return copy;
  };

  const copyOfModel = (model: Model): Model => {
    const done = copies.get(model);
    if (done !== undefined) return done as Model;
    begun.add(model);
    copyInputs(model);
    const clone = model.add === undefined ? copyFunctional(model) : copySequential(model);
    copies.set(model, clone);
    return clone;
  };

  /** The inputs of a model inside the model get the widths of what it is called on. */
  const copyInputs = (model: Model): void => {
    const call = callers.get(model);
    const outside = call === undefined ? [] : inputsOf(call);
    const inside = once(model, model, () => outside.map(tensorOf));
    model.inputs.forEach(({ sourceLayer: layer }, i) => {
      if (copies.has(layer)) return;
      copyOfLayer(layer, shapesOf(outside.slice(i, i + 1)), shapesOf(inside.slice(i, i + 1)));
    });
  };

  const copyFunctional = (model: Model): Model =>
    new model.constructor({
      inputs: model.inputs.map(tensorOf),
      outputs: model.outputs.map(tensorOf),
      name: model.name,
    }) as Model;

  const copySequential = (model: Model): Model => {
    const clone = new model.constructor({ name: model.name }) as Model;
    const chain = chainOf(model);
    model.layers.forEach((layer, i) => {
      const node = chain[i];
      if (node === undefined) {
        clone.add!(copyOfModel(layer as Model));
      } else if (i === 0) {
        // The call on the model's input is made here: `add` would give that input another name.
        clone.add!(copyOfNode(node) && copies.get(layer)!);
      } else {
        copyEarlierCalls(node);
        const copy = copyOf(layer, node, clone.outputs);
        clone.add!(copy);
        record(node, copy.inboundNodes.at(-1)!);
      }
    });
    return clone;
  };

  try {
    return { model: copyOfModel(root) as unknown as LayersModel, copies };
  } catch (error) {
    for (const copy of copies.values()) disposeLayer(copy);
    throw error;
  }
}

function shapesOf(tensors: readonly SymbolicTensor[]): Shape[] {
  return tensors.map(({ shape }) => shape);
}

/** Initial states are among the inputs already; as arguments they are tensors of the old graph. */
function callArguments({ callArgs }: CallNode): Record<string, unknown> {
  const entries = Object.entries(callArgs ?? {});
  return Object.fromEntries(
    entries.filter(([name]) => !['initialState', 'constants'].includes(name)),
  );
}

function fromConfig(layer: Layer, config: Config): Layer {
  const kind = layer.constructor;
  const copy = kind.fromConfig(kind, config);
  prepare(layer, copy);
  return copy;
}

/**
 * Spares the initializers: the weights follow anyway, and the default one of recurrent layers takes many seconds. Keeps
 * what a configuration forgets: the names of cells in a stack, the type of an embedding.
 */
function prepare(source: Layer, copy: Layer): void {
  copy.name = source.name;
  copy.dtype = source.dtype;
  copy.setFastWeightInitDuringBuild(true);
  const inside = childrenOf(copy);
  childrenOf(source).forEach(({ layer }, i) => {
    prepare(layer, inside[i]!.layer);
  });
}

/** A copy to write to; some values are instances of TensorFlow.js's classes before they went through JSON. */
function jsonOf(config: unknown): Config {
  return JSON.parse(JSON.stringify(config)) as Config;
}
