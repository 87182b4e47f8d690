import type { LayerLike, NamedArray } from '@secateur/groups';
import { addActivation } from './activations.ts';
import {
  configOf,
  constantOf,
  innerLayer,
  numberIn,
  requireWeight,
  unfit,
  type Call,
  type Rule,
} from './facts.ts';

/** The number of ONNX's type int32. */
const INT32 = 6;

/** Rows of a table; ids come as float32 too, which is what TensorFlow.js makes an input of. */
export const embedding: Rule = (layer, call) => {
  if (configOf(layer)['maskZero'] === true)
    throw unfit(layer, 'an embedding without maskZero, whose masks ONNX does not have');
  const table = constantOf(call, requireWeight(call, layer, 'embeddings'));
  const ids = call.graph.node('Cast', [call.inputs[0]!], { attributes: { to: INT32 } });
  return [call.graph.node('Gather', [table, ids], { name: `${layer.name}/rows` })];
};

/** A product with the last axis, a bias and an activation. */
export const dense: Rule = (layer, call) => {
  const kernel = constantOf(call, requireWeight(call, layer, 'kernel'));
  const y = call.graph.node('MatMul', [call.inputs[0]!, kernel], { name: `${layer.name}/y` });
  return [withBias(layer, call, y)];
};

function withBias(layer: LayerLike, call: Call, y: string): string {
  const { graph } = call;
  const bias = call.weight(layer, 'bias');
  const sum = bias === undefined ? y : graph.node('Add', [y, constantOf(call, bias)]);
  return addActivation(graph, layer, configOf(layer)['activation'] ?? 'linear', sum);
}

type WindowAttributes = Record<string, string | number[]>;

/** The attributes of a window over time. */
export function windowAttributes(layer: LayerLike, size: number): WindowAttributes {
  const config = configOf(layer);
  const dilation = numberIn(config['dilationRate'], 1);
  const stride = numberIn(config['strides'], 1);
  const { padding } = config;
  const base: WindowAttributes = {
    ...{ kernel_shape: [size], strides: [stride] },
    ...(dilation === 1 ? {} : { dilations: [dilation] }),
  };
  if (padding === 'valid') return base;
  // Where windows go on step by step it is known how much is missing; runtimes take no auto_pad with dilations.
  const missing = dilation * (size - 1);
  const before = Math.floor(missing / 2);
  if (padding === 'same' && stride === 1) return { ...base, pads: [before, missing - before] };
  if (padding === 'same') return { ...base, auto_pad: 'SAME_UPPER' };
  throw unfit(
    layer,
    `padding valid or same, which TensorFlow.js computes, found ${String(padding)}`,
  );
}

/** A window over time: ONNX has time last. */
export function overTime(
  { graph }: Call,
  x: string,
  op: string,
  others: readonly string[],
  attributes: WindowAttributes,
): string {
  const turn = { attributes: { perm: [0, 2, 1] } };
  const y = graph.node(op, [graph.node('Transpose', [x], turn), ...others], { attributes });
  return graph.node('Transpose', [y], turn);
}

/** A convolution over time. */
export const conv1d: Rule = (layer, call) => {
  if (configOf(layer)['dataFormat'] === 'channelsFirst') throw unfit(layer, 'channels last');
  const kernel = requireWeight(call, layer, 'kernel');
  const [size, input, filters] = kernel.shape as [number, number, number];
  const data = new Float32Array(kernel.data.length);
  for (let k = 0; k < size; k++) {
    for (let i = 0; i < input; i++) {
      for (let f = 0; f < filters; f++)
        data[(f * input + i) * size + k] = kernel.data[(k * input + i) * filters + f]!;
    }
  }
  const turned = call.graph.constant(`${kernel.name}/filters`, {
    shape: [filters, input, size],
    data,
  });
  const attributes = windowAttributes(layer, size);
  return [withBias(layer, call, overTime(call, call.inputs[0]!, 'Conv', [turned], attributes))];
};

/** Batch normalization outside of training: a factor and an offset for each feature. */
export const batchNormalization: Rule = (layer, call) => {
  const { graph, inputs } = call;
  const { epsilon, axis } = configOf(layer);
  const rank = call.inputShapes[0]!.length;
  const mean = requireWeight(call, layer, 'moving_mean');
  const variance = requireWeight(call, layer, 'moving_variance');
  const [gamma, beta] = ['gamma', 'beta'].map((kind) => call.weight(layer, kind));
  const place = numberIn(axis, -1);
  const shape = Array.from({ length: rank }, (_, k) =>
    k === (place < 0 ? place + rank : place) ? mean.data.length : 1,
  );
  const factors = variance.data.map(
    (value, k) => (gamma?.data[k] ?? 1) / Math.sqrt(value + Number(epsilon)),
  );
  const offsets = mean.data.map((value, k) => (beta?.data[k] ?? 0) - value * factors[k]!);
  const constant = (what: string, data: Float32Array): string =>
    graph.constant(`${mean.name}/${what}`, { shape, data } satisfies NamedArray);
  const scaled = graph.node('Mul', [inputs[0]!, constant('factors', factors)]);
  return [graph.node('Add', [scaled, constant('offsets', offsets)])];
};

/** Normalization over the features of each step. */
export const layerNormalization: Rule = (layer, call) => {
  const { epsilon, axis } = configOf(layer);
  const rank = call.inputShapes[0]!.length;
  const place = numberIn(axis, -1);
  const [gamma, beta] = ['gamma', 'beta'].map((kind) => call.weight(layer, kind));
  const [width] = call.inputShapes[0]!.slice(-1) as [number];
  const isLast = (place === -1 || place === rank - 1) && !(Array.isArray(axis) && axis.length > 1);
  if (!isLast) throw unfit(layer, 'the axis of the features alone');
  const ones = {
    name: `${layer.name}/ones`,
    shape: [width],
    data: new Float32Array(width).fill(1),
  };
  const constants = [gamma ?? ones, ...(beta === undefined ? [] : [beta])];
  const from = [call.inputs[0]!, ...constants.map((weight) => constantOf(call, weight))];
  const attributes = { axis: -1, epsilon: { float: Number(epsilon) } };
  return [call.graph.node('LayerNormalization', from, { attributes })];
};

/** A rectifier with a slope for each feature below 0; slopes are the same along the shared axes. */
export const prelu: Rule = (layer, call) => {
  const slopes = constantOf(call, requireWeight(call, layer, 'alpha'));
  return [call.graph.node('PRelu', [call.inputs[0]!, slopes])];
};

/** A layer at every step: what works on the last axis works on every step anyway. */
export const timeDistributed =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (layer, call) => {
    const inner = innerLayer(layer, 'layer');
    const stepwise = ['Dense', 'Dropout', 'ReLU', 'LeakyReLU', 'ELU', 'Activation', 'PReLU'];
    const kind = inner?.getClassName() ?? 'nothing';
    const rule = stepwise.includes(kind) ? rules[kind] : undefined;
    if (inner === undefined || rule === undefined)
      throw unfit(layer, `one of ${stepwise.join(', ')} at every step, found ${kind}`);
    return rule(inner, call);
  };
