import type { LayerLike } from '@secateur/groups';
import { unfit, type Call, type Rule } from './facts.ts';
import { bidirectional, isRecurrent, recurrent } from './recurrent.ts';
import {
  activation,
  concatenate,
  globalPool,
  merge,
  multiply,
  permute,
  pool,
  relu,
  repeatVector,
  reshape,
  softmax,
  unchanged,
  withNumber,
} from './shape-rules.ts';
import {
  batchNormalization,
  conv1d,
  dense,
  embedding,
  layerNormalization,
  prelu,
  timeDistributed,
} from './weight-rules.ts';

/** How each layer of TensorFlow.js is written. */
const rules: Record<string, Rule> = {
  ...Object.fromEntries(
    [
      'InputLayer',
      'Dropout',
      'SpatialDropout1D',
      'GaussianNoise',
      'GaussianDropout',
      'AlphaDropout',
    ].map((kind) => [kind, unchanged]),
  ),
  Embedding: embedding,
  Dense: dense,
  Conv1D: conv1d,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  Bidirectional: bidirectional,
  Concatenate: concatenate,
  Add: merge('Sum'),
  Average: merge('Mean'),
  Maximum: merge('Max'),
  Minimum: merge('Min'),
  Multiply: multiply,
  Flatten: reshape,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
  GlobalAveragePooling1D: globalPool('ReduceMean'),
  GlobalMaxPooling1D: globalPool('ReduceMax'),
  AveragePooling1D: pool('AveragePool'),
  MaxPooling1D: pool('MaxPool'),
  Activation: activation,
  ReLU: relu,
  PReLU: prelu,
  LeakyReLU: withNumber('LeakyRelu', 'alpha'),
  ELU: withNumber('Elu', 'alpha'),
  ThresholdedReLU: withNumber('ThresholdedRelu', 'theta'),
  Softmax: softmax,
};
rules['TimeDistributed'] = timeDistributed(rules);

/** Writes a call of a layer and returns its outputs; an error that names the layer where it cannot. */
export function writeCall(layer: LayerLike, call: Call): readonly string[] {
  const kind = layer.getClassName();
  if (Object.hasOwn(rules, kind)) return rules[kind]!(layer, call);
  if (isRecurrent(layer)) return recurrent(layer, call);
  throw unfit(layer, `a layer of ${Object.keys(rules).join(', ')} or of recurrent cells`);
}
