import { addActivation, clipped } from './activations.ts';
import { configOf, numberIn, unfit, type Call, type Rule } from './facts.ts';
import { overTime, windowAttributes } from './weight-rules.ts';

/** What does nothing outside of training. */
export const unchanged: Rule = (_, { inputs }) => [inputs[0]!];

/** Inputs side by side. */
export const concatenate: Rule = (layer, { graph, inputs }) => {
  const axis = Number(configOf(layer)['axis'] ?? -1);
  return [graph.node('Concat', inputs, { attributes: { axis } })];
};

/** An elementwise merge with an operator that takes any number of inputs. */
export const merge =
  (op: 'Sum' | 'Mean' | 'Max' | 'Min'): Rule =>
  (layer, call) => {
    requireAlike(layer, call);
    return [call.graph.node(op, call.inputs)];
  };

/** A product of all inputs. */
export const multiply: Rule = (layer, call) => {
  requireAlike(layer, call);
  return [call.inputs.reduce((product, x) => call.graph.node('Mul', [product, x]))];
};

/** Where ranks differ, TensorFlow.js lines up other axes than ONNX. */
function requireAlike(layer: Parameters<Rule>[0], { inputShapes }: Call): void {
  if (inputShapes.some((shape) => shape.length !== inputShapes[0]!.length))
    throw unfit(layer, 'inputs of as many axes');
}

/** Flatten and Reshape: the new sizes after those of the batch, at most one of them free. */
export const reshape: Rule = (layer, { graph, inputs, outputShapes }) => {
  if (configOf(layer)['dataFormat'] === 'channelsFirst') throw unfit(layer, 'channels last');
  const [, ...sizes] = outputShapes[0]!;
  const isFlatten = layer.getClassName() === 'Flatten';
  const shape = sizes.map((size) => (isFlatten ? -1 : (size ?? -1)));
  if (shape.filter((size) => size === -1).length > 1)
    throw unfit(layer, 'at most one size that is not known');
  return [graph.node('Reshape', [inputs[0]!, graph.integers(0, ...shape)])];
};

/** Permute, which counts axes from 1 and leaves the batch where it is. */
export const permute: Rule = (layer, { graph, inputs }) => {
  const { dims } = configOf(layer) as { dims: readonly number[] };
  return [graph.node('Transpose', [inputs[0]!], { attributes: { perm: [0, ...dims] } })];
};

/** The same features at so many steps. */
export const repeatVector: Rule = (layer, { graph, inputs }) => {
  const step = graph.node('Unsqueeze', [inputs[0]!, graph.integers(1)]);
  const times = graph.integers(1, numberIn(configOf(layer)['n'], 1), 1);
  return [graph.node('Tile', [step, times])];
};

/** Mean or maximum over all steps. */
export const globalPool =
  (op: 'ReduceMean' | 'ReduceMax'): Rule =>
  (_, { graph, inputs }) => {
    const keep = { keepdims: 0 };
    // From version 18 on axes are an input.
    return graph.opset >= 18
      ? [graph.node(op, [inputs[0]!, graph.integers(1)], { attributes: keep })]
      : [graph.node(op, [inputs[0]!], { attributes: { ...keep, axes: [1] } })];
  };

/** Mean or maximum over windows of steps. */
export const pool =
  (op: 'AveragePool' | 'MaxPool'): Rule =>
  (layer, call) => {
    const size = numberIn(configOf(layer)['poolSize'], 2);
    return [overTime(call, call.inputs[0]!, op, [], windowAttributes(layer, size))];
  };

/** An activation as a layer. */
export const activation: Rule = (layer, { graph, inputs }) => [
  addActivation(graph, layer, configOf(layer)['activation'], inputs[0]!),
];

/** A rectifier, perhaps with a largest value. */
export const relu: Rule = (layer, { graph, inputs }) => {
  const { maxValue } = configOf(layer);
  if (typeof maxValue === 'number') return [clipped(graph, inputs[0]!, maxValue)];
  return [graph.node('Relu', [inputs[0]!])];
};

/** An operator with one number as its setting. */
export const withNumber =
  (op: string, setting: string): Rule =>
  (layer, { graph, inputs }) => {
    const alpha = { float: numberIn(configOf(layer)[setting], 1) };
    return [graph.node(op, [inputs[0]!], { attributes: { alpha } })];
  };

/** A softmax as a layer. */
export const softmax: Rule = (layer, { graph, inputs }) => {
  const axis = numberIn(configOf(layer)['axis'], -1);
  return [graph.node('Softmax', [inputs[0]!], { attributes: { axis } })];
};
