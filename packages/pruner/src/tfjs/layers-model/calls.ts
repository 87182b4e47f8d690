import {
  isModel,
  type CallNode,
  type Layer,
  type Model,
  type SymbolicTensor,
} from './layer-objects.ts';

/** The calls that a model is made of. */
export interface Calls {
  /** For each call in the model and in the models inside it, the models that it is a part of. */
  readonly parts: ReadonlyMap<CallNode, ReadonlySet<Model>>;
  /** The first call of each model inside. */
  readonly callers: ReadonlyMap<Model, CallNode>;
  /** For each call in a `Sequential` model, that model. */
  readonly chains: ReadonlyMap<CallNode, Model>;
  /** For each input layer, the model that it is an input of. */
  readonly inputs: ReadonlyMap<Layer, Model>;
}

/** Lists the calls of a model's graph by following it back from the outputs. */
export function listCalls(root: Model): Calls {
  const parts = new Map<CallNode, Set<Model>>();
  const callers = new Map<Model, CallNode>();
  const chains = new Map<CallNode, Model>();
  const inputs = new Map<Layer, Model>();
  const models = new Set<Model>();
  const visitModel = (model: Model): void => {
    if (models.has(model)) return;
    models.add(model);
    for (const { sourceLayer } of model.inputs) inputs.set(sourceLayer, model);
    if (model.add !== undefined) {
      for (const node of chainOf(model)) if (node !== undefined) chains.set(node, model);
    }
    for (const output of model.outputs) visit(output, model);
    for (const layer of model.layers) if (isModel(layer)) visitModel(layer);
  };
  const visit = (tensor: SymbolicTensor, model: Model): void => {
    const node = nodeOf(tensor);
    const known = parts.get(node) ?? new Set();
    if (known.has(model)) return;
    parts.set(node, known.add(model));
    const layer = node.outboundLayer;
    if (isModel(layer)) {
      // Later calls may be on what the first one gave.
      const first = callers.get(layer);
      const order = layer.inboundNodes;
      if (first === undefined || order.indexOf(node) < order.indexOf(first)) {
        callers.set(layer, node);
      }
      visitModel(layer);
    }
    for (const input of inputsOf(node)) visit(input, model);
  };
  visitModel(root);
  return { parts, callers, chains, inputs };
}

/** The call that gave a tensor. */
export function nodeOf(tensor: SymbolicTensor): CallNode {
  return tensor.sourceLayer.inboundNodes[tensor.nodeIndex]!;
}

/** What a layer was called on; an input layer's node names its own output as its input. */
export function inputsOf(node: CallNode): readonly SymbolicTensor[] {
  return node.inboundLayers.length === 0 ? [] : node.inputTensors;
}

/**
 * The call of each layer of a `Sequential` model, in order. A model in the first place has none: a `Sequential` goes on
 * from that model's own outputs.
 */
export function chainOf(model: Model): (CallNode | undefined)[] {
  const chain: (CallNode | undefined)[] = [];
  let [tensor] = model.outputs;
  for (let i = model.layers.length - 1; i >= 0; i--) {
    if (i === 0 && isModel(model.layers[0]!)) {
      chain.unshift(undefined);
    } else {
      const node = nodeOf(tensor!);
      chain.unshift(node);
      [tensor] = node.inputTensors;
    }
  }
  return chain;
}
