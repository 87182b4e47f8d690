import { intOf, intsOf } from '../attributes.ts';
import { fix, fixedAxis, unify, type Axis } from '../span.ts';
import type { Call, Rule } from '../context.ts';
import { axesOf, newValue, type Value } from '../value.ts';
import { addTo } from './product.ts';

/** An axis that may be counted from the end; undefined when there is none such. */
export function axisAt(axis: number, rank: number): number | undefined {
  const at = axis < 0 ? axis + rank : axis;
  return at >= 0 && at < rank ? at : undefined;
}

/** Softmax and others that let the positions along an axis see each other. */
export const softmax: Rule = (call) => {
  const { context, label, node } = call;
  const [input] = call.inputs;
  const axes = input && axesOf(input, label);
  if (axes === undefined) return undefined;
  const old = context.opset < 13;
  const axis = axisAt(intOf(node, 'axis', old ? 1 : -1), axes.length);
  if (axis === undefined) return undefined;
  // Before opset 13 all axes from there on were one.
  const mixed = old ? axes.slice(axis) : [axes[axis]!];
  for (const each of mixed) fix(each, `${label} mixes the features`);
  return [newValue(node.output[0] ?? '', axes)];
};

/** Normalization over all axes from one on. */
export const layerNormalization: Rule = (call) => {
  const { label, node } = call;
  const [input, ...settings] = call.inputs;
  const axes = input && axesOf(input, label);
  const axis = axes && axisAt(intOf(node, 'axis', -1), axes.length);
  if (axes === undefined || axis === undefined) return undefined;
  for (const each of axes.slice(axis)) fix(each, `${label} normalizes over all features at once`);
  for (const setting of settings) {
    if (setting !== undefined && !addTo(axes, setting, label)) return undefined;
  }
  const kept = axes.map((each, i) => (i < axis ? each : fixedAxis(1, label)));
  return node.output.map((name, i) => newValue(name, i === 0 ? axes : kept));
};

/** Batch normalization: each channel, on axis 1, has a scale, an offset and statistics of its own. */
export const batchNormalization: Rule = (call) => {
  const { label, node } = call;
  const [input, ...settings] = call.inputs;
  const axes = input && axesOf(input, label);
  const channels = axes?.[1];
  if (channels === undefined || node.output.filter((name) => name !== '').length > 1) {
    return undefined;
  }
  for (const setting of settings) {
    const own = setting && axesOf(setting, label);
    if (own?.length !== 1) return undefined;
    unify(channels, own[0]!, label);
  }
  return [newValue(node.output[0] ?? '', axes)];
};

/** Sums, means, largest entries and their indices along axes. */
export const reduce: Rule = (call) => {
  const { label, node } = call;
  const [input, list] = call.inputs;
  const axes = input && axesOf(input, label);
  if (axes === undefined) return undefined;
  const given = list?.entries?.map(({ value }) => value) ?? intsOf(node, 'axes');
  if (list !== undefined && list.entries === undefined) return undefined;
  const single = node.opType.startsWith('Arg') ? [intOf(node, 'axis', 0)] : given;
  if (single?.length === 0 || single === undefined) {
    if (single !== undefined && intOf(node, 'noop_with_empty_axes', 0) !== 0) {
      return [newValue(node.output[0] ?? '', axes)];
    }
    return reduced(call, axes, new Set(axes.keys()));
  }
  const at = single.map((axis) => (axis === undefined ? undefined : axisAt(axis, axes.length)));
  if (at.includes(undefined)) return undefined;
  return reduced(call, axes, new Set(at as number[]));
};

function reduced({ label, node }: Call, axes: readonly Axis[], over: ReadonlySet<number>): Value[] {
  for (const axis of over) fix(axes[axis]!, `${label} takes all of it together`);
  const kept = intOf(node, 'keepdims', 1) !== 0;
  const left = axes.flatMap((axis, i) => {
    if (!over.has(i)) return [axis];
    return kept ? [fixedAxis(1, label)] : [];
  });
  return [newValue(node.output[0] ?? '', left)];
}

/** Pooling: each channel alone, over the positions of the others. */
export const pool: Rule = (call) => {
  const { label, node } = call;
  const [input] = call.inputs;
  const axes = input && axesOf(input, label);
  if (axes === undefined || axes.length < 3) return undefined;
  for (const axis of axes.slice(2)) fix(axis, `${label} moves along it`);
  const whole = node.opType.startsWith('Global');
  const places = axes.slice(2).map(() => fixedAxis(whole ? 1 : undefined, `${label} gives it`));
  return node.output.map((name) => newValue(name, [...axes.slice(0, 2), ...places]));
};

/** What the axes of a value line up with, one position with another: those that it moves along are fixed. */
export const alongAxis: Rule = (call) => {
  const { label, node } = call;
  const [input, axisInput] = call.inputs;
  const axes = input && axesOf(input, label);
  const given = axisInput === undefined ? intOf(node, 'axis', -1) : axisInput.entries?.[0]?.value;
  const axis = axes && given !== undefined ? axisAt(given, axes.length) : undefined;
  if (axes === undefined || axis === undefined) return undefined;
  fix(axes[axis]!, `${label} moves along it`);
  return [newValue(node.output[0] ?? '', axes)];
};

/** Steps in reverse order, as many of them as each sequence of the batch has. */
export const reverse: Rule = (call) => {
  const { label, node } = call;
  const [input, lengths] = call.inputs;
  const axes = input && axesOf(input, label);
  const batch = axes?.[intOf(node, 'batch_axis', 1)];
  const time = axes?.[intOf(node, 'time_axis', 0)];
  const counted = lengths && axesOf(lengths, label)?.[0];
  if (axes === undefined || !batch || !time || !counted) return undefined;
  fix(time, `${label} moves along it`);
  unify(batch, counted, label);
  return [newValue(node.output[0] ?? '', axes)];
};
