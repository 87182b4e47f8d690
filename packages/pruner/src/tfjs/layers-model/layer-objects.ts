import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { layerSizes } from '@secateur/groups';

/*
 * What a rebuild needs of `tf.layers` objects. TensorFlow.js exports neither their classes nor their private fields, so
 * they are described here, in one place.
 */

/** A layer's configuration as TensorFlow.js writes it: JSON. */
export type Config = Record<string, unknown>;

/** Sizes of a tensor's axes, `null` where unknown. */
export type Shape = readonly (number | null)[];

/** A weight of a layer: a `tf.Variable` with a constraint. */
export interface LayerVariable {
  readonly name: string;
  readonly originalName: string;
  readonly shape: Shape;
  readonly dtype: string;
  readonly constraint: { apply(weight: Tensor): Tensor } | null;
  readonly val: Variable;
  trainable: boolean;
  dispose(): void;
}

/** A tensor of the graph. */
export interface SymbolicTensor {
  readonly shape: Shape;
  readonly sourceLayer: Layer;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
}

/** One call of a layer in the graph. */
export interface CallNode {
  readonly outboundLayer: Layer;
  /** The layers that the inputs come from; none for the node that an input layer or a model has of its own. */
  readonly inboundLayers: readonly Layer[];
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
  readonly callArgs?: Readonly<Record<string, unknown>> | null;
}

/** A class of layers, which makes one from a configuration. */
interface LayerClass {
  fromConfig(kind: unknown, config: Config): Layer;
  new (args: unknown): Layer;
}

/** A layer, a cell, a wrapper or a whole model. */
export interface Layer {
  name: string;
  dtype: string | undefined;
  readonly constructor: LayerClass;
  readonly inboundNodes: readonly CallNode[];
  readonly weights: readonly LayerVariable[];
  readonly _trainableWeights: readonly LayerVariable[];
  readonly _nonTrainableWeights: readonly LayerVariable[];
  readonly stateful: boolean;
  trainable: boolean;
  getClassName(): string;
  getConfig(): Config;
  apply(inputs: unknown, kwargs?: unknown): unknown;
  setFastWeightInitDuringBuild(value: boolean): void;
}

/** A `LayersModel`, or with `add` a `Sequential`. */
export interface Model extends Layer {
  readonly layers: readonly Layer[];
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  /** Only a `Sequential` has it. */
  add?(layer: Layer): void;
  /** What a built `Sequential` runs; its flag `trainable` decides what `fit` trains. */
  readonly model?: Model;
}

/** A recurrent layer with its cell. */
export interface Recurrent extends Layer {
  readonly cell: Layer;
  /** The states of a stateful layer, `[batch, units]` each; none before it is built. */
  readonly states_?: readonly Tensor[] | null;
  resetStates(states: readonly Tensor[]): void;
}

/** Tells a whole model from other layers. */
export function isModel(layer: Layer): layer is Model {
  const { layers, inputs, outputs } = layer as Partial<Model>;
  return Array.isArray(layers) && Array.isArray(inputs) && Array.isArray(outputs);
}

/** A layer inside another one, and where its configuration stands in that of the other. */
export interface Child {
  readonly layer: Layer;
  /** The path to it in the outer layer's configuration. */
  readonly path: readonly (string | number)[];
}

/**
 * The layers inside a wrapper, a recurrent layer or a stack of cells, in the order of their weights. A model's layers are
 * not among them: they are calls of its graph.
 */
export function childrenOf(layer: Layer): Child[] {
  const { forwardLayer, backwardLayer, cells, cell, layer: wrapped } = layer as Fields;
  if (isLayer(forwardLayer) && isLayer(backwardLayer)) {
    return [forwardLayer, backwardLayer].map((each) => ({ layer: each, path: ['layer'] }));
  }
  if (Array.isArray(cells)) {
    return cells.filter(isLayer).map((each, i) => ({ layer: each, path: ['cells', i] }));
  }
  // An LSTM, GRU or SimpleRNN writes its cell's settings among its own; an RNN keeps them apart.
  if (isLayer(cell)) return [{ layer: cell, path: layer.getClassName() === 'RNN' ? ['cell'] : [] }];
  return isLayer(wrapped) ? [{ layer: wrapped, path: ['layer'] }] : [];
}

type Fields = Partial<
  Record<'forwardLayer' | 'backwardLayer' | 'cells' | 'cell' | 'layer', unknown>
>;

function isLayer(value: unknown): value is Layer {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Layer>).getClassName === 'function'
  );
}

/** The weights that belong to a layer itself and to none inside it, in the order in which they were made. */
export function ownWeights(layer: Layer): readonly LayerVariable[] {
  if (isModel(layer) || childrenOf(layer).length > 0) return [];
  const ownList = [...(layer._trainableWeights ?? []), ...(layer._nonTrainableWeights ?? [])];
  return ownList.length === 0 ? layer.weights : ownList;
}

/** Where the number of a layer's units stands: a setting of its configuration, and an axis of one of its weights. */
export interface UnitsPlace {
  readonly setting: string;
  readonly weight: LayerVariable;
  readonly axis: number;
}

/** Where the number of a layer's own units stands; undefined when it has none, or is of a kind that is not known. */
export function unitsPlace(layer: Layer): UnitsPlace | undefined {
  const units = layerSizes(layer.getClassName())?.units;
  const weight = ownWeights(layer).find(
    ({ originalName }) => originalName.split('/').at(-1) === units?.weight,
  );
  return units && weight && { ...units, weight };
}

/** Disposes the weights and the states of a layer that nothing else holds. */
export function disposeLayer(layer: Layer): void {
  if (isModel(layer)) return;
  for (const weight of ownWeights(layer)) if (!weight.val.isDisposed) weight.dispose();
  const { states_: states } = layer as Partial<Recurrent>;
  for (const state of states ?? []) if (!state.isDisposed) state.dispose();
  for (const { layer: inner } of childrenOf(layer)) disposeLayer(inner);
}
