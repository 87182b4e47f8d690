import type { LayerLike } from './model-like.ts';
import { called, configOf, innerLayer, isMixing, type Call, type Records } from './layer-facts.ts';
import {
  applyBidirectional,
  applyRecurrent,
  cellKinds,
  recurrentKinds,
} from './recurrent-rules.ts';
import { applyConcatenate, applyMerge, applyPermute, applyReshape } from './shape-rules.ts';
import { fix, fixedFeatures, type FeatureAxis } from './symbolic-dims.ts';
import {
  applyBatchNormalization,
  applyConv1d,
  applyDense,
  applyEmbedding,
  applyPrelu,
  perFeature,
} from './weight-rules.ts';

/** Where the sizes of a layer are in its settings. */
export interface LayerSizes {
  /** The setting that is the size of an axis of one of its weights; none when a layer is as wide as its input. */
  readonly units?: { readonly setting: string; readonly weight: string; readonly axis: number };
  /** The setting that is a shape whose last axis follows the features of the input. */
  readonly follows?: string;
}

/** What is known of a kind of `tf.layers` layer. */
interface LayerRule extends LayerSizes {
  /** Gives the features of every output of a call, or undefined when the layer is not as expected. */
  readonly flow?: (layer: LayerLike, call: Call, records: Records) => FeatureAxis[] | undefined;
  /** Why the inputs of one that is not as expected keep their width. */
  readonly reason?: string;
}

const featurewise: LayerRule = { flow: (_, { inputs: [input = []] }) => [input] };
const merge: LayerRule = { flow: applyMerge };
const recurrent: LayerRule = { flow: applyRecurrent };
/** The units of a recurrent cell are what its recurrent weights read. */
const cell: LayerRule = { units: { setting: 'units', weight: 'recurrent_kernel', axis: 0 } };

/** The layers of TensorFlow.js that are understood: what they do with features, and where their sizes are. */
const rules: Readonly<Record<string, LayerRule>> = {
  ...eachOf(recurrentKinds, recurrent),
  ...eachOf(Object.keys(cellKinds), cell),
  Bidirectional: { flow: applyBidirectional },
  TimeDistributed: { flow: applyTimeDistributed },
  Dense: {
    flow: (layer, { inputs: [input = []] }, records) => applyDense(layer, layer, input, records),
    units: { setting: 'units', weight: 'kernel', axis: 1 },
  },
  Conv1D: { flow: applyConv1d, units: { setting: 'filters', weight: 'kernel', axis: 2 } },
  Embedding: {
    flow: applyEmbedding,
    units: { setting: 'outputDim', weight: 'embeddings', axis: 1 },
  },
  BatchNormalization: {
    flow: applyBatchNormalization,
    reason: 'normalizes over another axis than that of the features',
  },
  PReLU: { flow: applyPrelu },
  // These treat every feature on its own at inference: what nobody reads cannot reach the others.
  ...eachOf(
    `InputLayer SpatialDropout1D GaussianNoise GaussianDropout AlphaDropout ReLU LeakyReLU ELU ThresholdedReLU
     RepeatVector GlobalAveragePooling1D GlobalMaxPooling1D AveragePooling1D MaxPooling1D`.split(
      /\s+/,
    ),
    featurewise,
  ),
  Activation: { flow: applyActivation, reason: 'mixes the features' },
  Dropout: { flow: applyDropout, follows: 'noiseShape' },
  Concatenate: { flow: applyConcatenate },
  ...eachOf(['Add', 'Average', 'Maximum', 'Minimum', 'Multiply'], merge),
  Flatten: {
    flow: applyReshape,
    reason: 'flattens positions whose number is not known or too large',
  },
  Reshape: { flow: applySharedReshape, follows: 'targetShape', reason: 'cuts the features apart' },
  Permute: { flow: applyPermute, reason: 'moves the features to another axis' },
  LayerNormalization: { reason: 'normalizes over all features at once' },
  Softmax: { reason: 'mixes the features' },
  Masking: { reason: 'compares all features of a step with the mask value' },
  Dot: { reason: 'multiplies features with each other' },
  Conv2D: { reason: 'convolves over the features' },
  Cropping2D: { reason: 'cuts features off' },
};

function eachOf(kinds: readonly string[], rule: LayerRule): Record<string, LayerRule> {
  return Object.fromEntries(kinds.map((kind) => [kind, rule]));
}

function ruleOf(kind: string): LayerRule | undefined {
  return Object.hasOwn(rules, kind) ? rules[kind] : undefined;
}

/**
 * Where the sizes of a kind of `tf.layers` layer are in its settings, by its class name; undefined for a kind whose dimensions
 * {@link layersModelLayout} leaves alone.
 *
 * @example
 * ```ts
 * import { layerSizes } from '@secateur/groups';
 *
 * layerSizes('Dense')?.units; // => { setting: 'units', weight: 'kernel', axis: 1 }
 * layerSizes('Reshape')?.follows; // => targetShape
 * layerSizes('Conv2D'); // => undefined
 * ```
 */
export function layerSizes(kind: string): LayerSizes | undefined {
  const { flow, units, follows } = ruleOf(kind) ?? {};
  if (flow === undefined && units === undefined) return undefined;
  return {
    ...(units === undefined ? {} : { units }),
    ...(follows === undefined ? {} : { follows }),
  };
}

/** The features of every output of a call, noting in `records` what the layer's weights read and write. */
export function applyLayer(layer: LayerLike, call: Call, records: Records): FeatureAxis[] {
  return ruleOf(layer.getClassName())?.flow?.(layer, call, records) ?? unknown(layer, call);
}

/** A layer that is not understood may use its inputs in any way, and nothing is known of what it gives. */
export function unknown(layer: LayerLike, call: Call): FeatureAxis[] {
  const reason = ruleOf(layer.getClassName())?.reason ?? 'may use its features in any way';
  for (const input of call.inputs) fix(input, `${called(layer)} ${reason}`);
  return call.outputShapes.map((shape) =>
    fixedFeatures(shape.at(-1) ?? 0, `the width that ${called(layer)} gives`),
  );
}

function applyActivation(
  layer: LayerLike,
  { inputs: [input = []] }: Call,
): FeatureAxis[] | undefined {
  return isMixing(configOf(layer)['activation']) ? undefined : [input];
}

/** The target shape is one setting, so all calls of a Reshape are on the same features. */
function applySharedReshape(
  layer: LayerLike,
  call: Call,
  records: Records,
): FeatureAxis[] | undefined {
  const features = applyReshape(layer, call);
  if (features !== undefined) perFeature(layer, call.inputs[0] ?? [], records, () => []);
  return features;
}

/** So is the shape of a dropout's noise. */
function applyDropout(layer: LayerLike, call: Call, records: Records): FeatureAxis[] {
  const [input = []] = call.inputs;
  const shaped = Array.isArray(configOf(layer)['noiseShape']);
  return [shaped ? perFeature(layer, input, records, () => []) : input];
}

function applyTimeDistributed(
  layer: LayerLike,
  call: Call,
  records: Records,
): FeatureAxis[] | undefined {
  const inner = innerLayer(layer, 'layer');
  const [input = []] = call.inputs;
  const kind = inner?.getClassName();
  if (inner === undefined || kind === undefined) return undefined;
  if (kind === 'Dense') return applyDense(layer, inner, input, records);
  // Only what leaves the shape of one position alone: pooling and repeating would see time as features.
  const alone =
    ['Dropout', 'ReLU', 'LeakyReLU', 'ELU'].includes(kind) ||
    (kind === 'Activation' && !isMixing(configOf(inner)['activation']));
  // The wrapper keeps to the width of its first input, whatever it wraps.
  return alone ? [perFeature(layer, input, records, () => [])] : undefined;
}
