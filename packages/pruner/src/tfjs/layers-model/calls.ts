import { isModel, type CallNode, type Model, type SymbolicTensor } from './layer-objects.ts';

/** The calls that a model is made of. */
export interface Calls {
  /** All calls in the model and in the models inside it. */
  readonly calls: ReadonlySet<CallNode>;
  /** The first call of each model inside. */
  readonly callers: ReadonlyMap<Model, CallNode>;
  /** For each call in a `Sequential` model, that model. */
  readonly chains: ReadonlyMap<CallNode, Model>;
}

/** Lists the calls of a model's graph by following it back from the outputs. */
export function listCalls(root: Model): Calls {
  const calls = new Set<CallNode>();
  const callers = new Map<Model, CallNode>();
  const chains = new Map<CallNode, Model>();
  const models = new Set<Model>();
  const visitModel = (model: Model): void => {
    if (models.has(model)) return;
    models.add(model);
    if (model.add !== undefined) {
      for (const node of chainOf(model)) if (node !== undefined) chains.set(node, model);
    }
    model.outputs.forEach(visit);
    for (const layer of model.layers) if (isModel(layer)) visitModel(layer);
  };
  const visit = (tensor: SymbolicTensor): void => {
    const node = nodeOf(tensor);
    if (calls.has(node)) return;
    calls.add(node);
    const layer = node.outboundLayer;
    if (isModel(layer)) {
      if (!callers.has(layer)) callers.set(layer, node);
      visitModel(layer);
    }
    inputsOf(node).forEach(visit);
  };
  visitModel(root);
  return { calls, callers, chains };
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
