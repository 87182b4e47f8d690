/** The part of a TensorFlow.js `SymbolicTensor` that the derivation reads. */
export interface SymbolicTensorLike {
  /** Unique number of the tensor. */
  readonly id: number;
  /** Sizes of the axes, `null` where unknown; the first is the batch. */
  readonly shape: readonly (number | null)[];
  /** The layer that produces the tensor. */
  readonly sourceLayer: LayerLike;
  /** Which call of that layer produces it. */
  readonly nodeIndex: number;
  /** Which output of that call it is. */
  readonly tensorIndex: number;
}

/** One call of a layer in a TensorFlow.js graph. */
export interface NodeLike {
  /** What the layer was called on. */
  readonly inputTensors: readonly SymbolicTensorLike[];
  /** What the call gave. */
  readonly outputTensors: readonly SymbolicTensorLike[];
}

/** The part of a TensorFlow.js `LayerVariable` that the derivation reads. */
export interface LayerVariableLike {
  /** Name of the `tf.Variable` inside, unique in the process. */
  readonly name: string;
  /** The name before it was made unique; its last part says which weight of the layer it is. */
  readonly originalName: string;
  /** Sizes of the axes; `null` does not occur in a weight. */
  readonly shape: readonly (number | null)[];
}

/** The part of a TensorFlow.js `Layer` that the derivation reads. */
export interface LayerLike {
  /** Name of the layer, unique in its model. */
  readonly name: string;
  /** All weights of the layer. */
  readonly weights: readonly LayerVariableLike[];
  /** The calls of the layer, in all models that share it. */
  readonly inboundNodes: readonly NodeLike[];
  /** Name of the layer's class, for instance `LSTM`. */
  getClassName(): string;
  /** Settings of the layer, for instance its activation. */
  getConfig(): object;
}

/** A TensorFlow.js `LayersModel` or `Sequential`, described by structure so that this package needs no TensorFlow.js. */
export interface LayersModelLike {
  /** The inputs of the graph. */
  readonly inputs: readonly SymbolicTensorLike[];
  /** The outputs of the graph. */
  readonly outputs: readonly SymbolicTensorLike[];
  /** The weights that `fit` updates. */
  readonly trainableWeights: readonly LayerVariableLike[];
  /** All weights of the model. */
  readonly weights: readonly LayerVariableLike[];
}
