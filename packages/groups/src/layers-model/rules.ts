import type { LayerLike } from './model-like.ts';
import { called, configOf, innerLayer, isMixing, type Call, type Records } from './layer-facts.ts';
import { applyBidirectional, applyRecurrent, isRecurrentLayer } from './recurrent-rules.ts';
import { applyConcatenate, applyMerge, applyPermute, applyReshape } from './shape-rules.ts';
import { fix, fixedFeatures, type Features } from './spans.ts';
import {
  applyBatchNormalization,
  applyConv1d,
  applyDense,
  applyEmbedding,
  applyPrelu,
  perFeature,
} from './weight-rules.ts';

/** Gives the features of every output of a call, or undefined when the layer is not as expected. */
type Rule = (layer: LayerLike, call: Call, records: Records) => Features[] | undefined;

const featurewise: Rule = (_, { inputs: [input = []] }) => [input];

/** What the layers of TensorFlow.js that we understand do with features. */
const rules: Readonly<Record<string, Rule>> = {
  // These treat every feature on its own at inference: what nobody reads cannot reach the others.
  ...Object.fromEntries(
    `InputLayer SpatialDropout1D GaussianNoise GaussianDropout AlphaDropout ReLU LeakyReLU ELU ThresholdedReLU
     RepeatVector GlobalAveragePooling1D GlobalMaxPooling1D AveragePooling1D MaxPooling1D`
      .split(/\s+/)
      .map((kind) => [kind, featurewise]),
  ),
  Activation: (layer, call, records) =>
    isMixing(configOf(layer)['activation']) ? undefined : featurewise(layer, call, records),
  Dropout: applyDropout,
  Concatenate: applyConcatenate,
  Add: applyMerge,
  Average: applyMerge,
  Maximum: applyMerge,
  Minimum: applyMerge,
  Multiply: applyMerge,
  Flatten: applyReshape,
  Reshape: applySharedReshape,
  Permute: applyPermute,
  Embedding: applyEmbedding,
  Dense: (layer, { inputs: [input = []] }, records) => applyDense(layer, layer, input, records),
  Conv1D: applyConv1d,
  BatchNormalization: applyBatchNormalization,
  PReLU: applyPrelu,
  TimeDistributed: applyTimeDistributed,
  Bidirectional: applyBidirectional,
};

/** Why a layer that no rule fits keeps the width of what it is called on. */
const reasons: Readonly<Record<string, string>> = {
  LayerNormalization: 'normalizes over all features at once',
  Softmax: 'mixes the features',
  Activation: 'mixes the features',
  BatchNormalization: 'normalizes over another axis than that of the features',
  Permute: 'moves the features to another axis',
  Flatten: 'flattens positions whose number is not known or too large',
  Reshape: 'cuts the features apart',
  Masking: 'compares all features of a step with the mask value',
  Dot: 'multiplies features with each other',
  Conv2D: 'convolves over the features',
  Cropping2D: 'cuts features off',
};

/** The features of every output of a call, noting in `records` what the layer's weights read and write. */
export function applyLayer(layer: LayerLike, call: Call, records: Records): Features[] {
  const kind = layer.getClassName();
  const rule = Object.hasOwn(rules, kind)
    ? rules[kind]!
    : isRecurrentLayer(layer)
      ? applyRecurrent
      : undefined;
  return rule?.(layer, call, records) ?? unknown(layer, call);
}

/** A layer that we do not understand may use its inputs in any way, and nothing is known of what it gives. */
export function unknown(layer: LayerLike, call: Call): Features[] {
  const kind = layer.getClassName();
  const what = Object.hasOwn(reasons, kind) ? reasons[kind]! : 'may use its features in any way';
  for (const input of call.inputs) fix(input, `${called(layer)} ${what}`);
  return call.outputShapes.map((shape) =>
    fixedFeatures(shape.at(-1) ?? 0, `the width that ${called(layer)} gives`),
  );
}

/** The target shape is one setting, so all calls of a Reshape are on the same features. */
function applySharedReshape(
  layer: LayerLike,
  call: Call,
  records: Records,
): Features[] | undefined {
  const features = applyReshape(layer, call);
  if (features !== undefined) perFeature(layer, call.inputs[0] ?? [], records, () => []);
  return features;
}

/** So is the shape of a dropout's noise. */
function applyDropout(layer: LayerLike, call: Call, records: Records): Features[] {
  const [input = []] = call.inputs;
  const shaped = Array.isArray(configOf(layer)['noiseShape']);
  return [shaped ? perFeature(layer, input, records, () => []) : input];
}

function applyTimeDistributed(
  layer: LayerLike,
  call: Call,
  records: Records,
): Features[] | undefined {
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
