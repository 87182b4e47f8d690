import type {
  LayerLike,
  LayersModelLike,
  LayerVariableLike,
  NamedArray,
  SymbolicTensorLike,
} from '@secateur/groups';
import { networkError, type OnnxError } from '../../error.ts';
import type { OnnxGraph } from '../graph.ts';

/** A weight whose values can be read, as TensorFlow.js's can. */
export interface ReadableVariable extends LayerVariableLike {
  /** The tensor of the weight. */
  read(): { data(): Promise<ArrayLike<number>> };
}

/** A `tf.LayersModel`, described by structure so that this package needs no TensorFlow.js. */
export interface ReadableModel extends LayersModelLike {
  /** All weights of the model. */
  readonly weights: readonly ReadableVariable[];
}

/** One call of a layer: where it is written, and what it is called on. */
export interface Call {
  readonly graph: OnnxGraph;
  readonly inputs: readonly string[];
  readonly inputShapes: readonly SymbolicTensorLike['shape'][];
  readonly outputShapes: readonly SymbolicTensorLike['shape'][];
  /** The values of a weight of a layer, by the last part of its name, under a name that is its own. */
  weight(layer: LayerLike, kind: string): NamedWeight | undefined;
  /** The state `[1, batch, units]` of a layer that keeps it: an input of the model. */
  takeState(name: string, units: number): string;
  /** What a layer that keeps its state leaves: an output of the model. */
  keepState(name: string, value: string): void;
}

/** A weight's values with its name. */
export interface NamedWeight extends NamedArray {
  readonly name: string;
}

/** Writes a call of a layer and returns its outputs. */
export type Rule = (layer: LayerLike, call: Call) => readonly string[];

/** A layer's settings. */
export function configOf(layer: LayerLike): Record<string, unknown> {
  return layer.getConfig() as Record<string, unknown>;
}

/** A layer inside another; the fields are private in TensorFlow.js's types, so they are looked at with care. */
export function innerLayer(layer: LayerLike, field: string): LayerLike | undefined {
  const inner = (layer as unknown as Record<string, unknown>)[field] as LayerLike | undefined;
  return typeof inner?.getClassName === 'function' && Array.isArray(inner.weights)
    ? inner
    : undefined;
}

/** How a message names a layer: `"dense_1" (Dense)`. */
function called(layer: LayerLike): string {
  return `"${layer.name}" (${layer.getClassName()})`;
}

/** An error that names a layer: what was expected of it. */
export function unfit(layer: LayerLike, expected: string): OnnxError {
  return networkError(`layersModelToOnnx: ${called(layer)}: expected ${expected}.`);
}

/** The weight of a layer that it cannot do without. */
export function requireWeight(call: Call, layer: LayerLike, kind: string): NamedWeight {
  const found = call.weight(layer, kind);
  if (found === undefined) throw unfit(layer, `a weight ${kind}, found none`);
  return found;
}

/** A weight as a constant of the graph. */
export function constantOf({ graph }: Call, weight: NamedWeight): string {
  return graph.constant(weight.name, weight);
}

/** The first number of a setting that TensorFlow.js keeps as a number or as a list of one. */
export function numberIn(value: unknown, otherwise: number): number {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'number' ? first : otherwise;
}
