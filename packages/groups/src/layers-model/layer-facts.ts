import type { LayerLike, LayerVariableLike } from './model-like.ts';
import type { FeatureAxis } from './symbolic-dims.ts';

/** What a call of a layer is made of: the features and the shapes of its inputs, the shapes of its outputs. */
export interface Call {
  readonly inputs: readonly FeatureAxis[];
  readonly inputShapes: readonly (readonly (number | null)[])[];
  readonly outputShapes: readonly (readonly (number | null)[])[];
}

/** One axis of a weight while the graph is still being walked: features, repeated so many times. */
export interface DraftAxis {
  readonly features: FeatureAxis;
  readonly times: number;
}

/** The axes of one weight: what it reads and what it writes. */
export interface DraftWeight {
  readonly variable: LayerVariableLike;
  readonly reads: readonly DraftAxis[];
  readonly writes: readonly DraftAxis[];
  readonly lookup?: boolean;
  /** False for a weight of rank 2 and more that no product is made with. */
  readonly penalized?: boolean;
}

/** What is known of a layer with weights after its first call; later calls must agree with it. */
interface LayerRecord {
  readonly weights: readonly DraftWeight[];
  readonly input: FeatureAxis;
  readonly output: FeatureAxis;
}

/** What is known of the graph so far. */
export interface Records {
  /** The records of all layers and cells met. */
  readonly layers: Map<LayerLike, LayerRecord>;
  /** Features that a layer gives one size, though it does not line them up: the directions of a `Bidirectional`. */
  readonly twins: { readonly user: string; readonly pair: readonly [FeatureAxis, FeatureAxis] }[];
}

/** An axis that holds features once. */
export function once(features: FeatureAxis): DraftAxis {
  return { features, times: 1 };
}

/** A layer's weight of a kind, such as `kernel`. */
export function weightOf(layer: LayerLike, kind: string): LayerVariableLike | undefined {
  return layer.weights.find((weight) => weight.originalName.split('/').at(-1) === kind);
}

/** The sizes of a weight's axes. */
export function sizesOf(variable: LayerVariableLike): number[] {
  return variable.shape.map((size) => size ?? 0);
}

/** A layer's settings. */
export function configOf(layer: LayerLike): Record<string, unknown> {
  return layer.getConfig() as Record<string, unknown>;
}

/** Activations that mix the features of a position; all others of TensorFlow.js work on each alone. */
const mixing = new Set(['softmax', 'logSoftmax']);

/** Whether an activation lets the features of a position see each other. */
export function isMixing(activation: unknown): boolean {
  return typeof activation === 'string' && mixing.has(activation);
}

/** A layer inside another; the fields are private in TensorFlow.js's types, so they are looked at with care. */
export function innerLayer(layer: LayerLike, field: string): LayerLike | undefined {
  const inner = (layer as unknown as Record<string, unknown>)[field];
  return isLayer(inner) ? inner : undefined;
}

/** Whether a value looks like a layer. */
export function isLayer(value: unknown): value is LayerLike {
  const layer = value as Partial<LayerLike> | null | undefined;
  return typeof layer?.getClassName === 'function' && Array.isArray(layer.weights);
}

/** How a message names a layer: `"dense_1" (Dense)`. */
export function called(layer: LayerLike): string {
  return `"${layer.name}" (${layer.getClassName()})`;
}
