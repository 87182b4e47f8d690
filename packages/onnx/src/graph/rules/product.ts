import { attributeOf, intLiteral, intOf, intsOf, textOf } from '../attributes.ts';
import { fix, fixedAxis, rootOf, sizeOf, unify, type Axis } from '../span.ts';
import { caseOfRank } from '../cases.ts';
import type { Call, Rule } from '../context.ts';
import { axesOf, isWeight, mark, newValue, read, type Value } from '../value.ts';

/** A product of matrices, with other axes broadcast. */
export const matMul: Rule = (call) => {
  const [a, b] = call.inputs;
  const { label } = call;
  if (a === undefined || b === undefined) return undefined;
  const [left, right] = [axesOf(a, label), axesOf(b, label)];
  if (left === undefined || right === undefined) return undefined;
  if (left.length === 0 || right.length === 0) return undefined;
  const summed = [left.length - 1, Math.max(0, right.length - 2)] as const;
  contract(a, summed[0], b, summed[1], label);
  const rows = left.length > 1 ? [nameAfter(call, left.at(-2)!, isWeight(a))] : [];
  const columns = right.length > 1 ? [nameAfter(call, right.at(-1)!, isWeight(b))] : [];
  const batch = broadcastBatch(left.slice(0, -2), right.slice(0, -2), label);
  return [newValue(call.node.output[0] ?? '', [...batch, ...rows, ...columns])];
};

/** A product of two matrices, either of them transposed, and what is added to it. */
export const gemm: Rule = (call) => {
  const [a, b, c] = call.inputs;
  const { label, node } = call;
  if (a === undefined || b === undefined) return undefined;
  const [left, right] = [axesOf(a, label), axesOf(b, label)];
  if (left?.length !== 2 || right?.length !== 2) return undefined;
  const [ak, bk] = [intOf(node, 'transA', 0) ? 0 : 1, intOf(node, 'transB', 0) ? 1 : 0];
  contract(a, ak, b, bk, label);
  const row = nameAfter(call, left[1 - ak]!, isWeight(a));
  const column = nameAfter(call, right[1 - bk]!, isWeight(b));
  if (c !== undefined && !addTo([row, column], c, label)) return undefined;
  return [newValue(node.output[0] ?? '', [row, column])];
};

/** A convolution: channels are features, positions are not. */
export const conv: Rule = (call) => {
  const [, w, b] = call.inputs;
  const { label, node } = call;
  const x = caseOfRank(call.inputs[0], w?.each?.[0]?.length ?? 0);
  if (x === undefined || w === undefined) return undefined;
  const [input, kernel] = [axesOf(x, label), axesOf(w, label)];
  if (kernel === undefined || kernel.length < 3 || kernel.length !== input?.length) {
    return undefined;
  }
  const groups = intOf(node, 'group', 1);
  const channels = nameAfter(call, kernel[0]!, isWeight(w));
  if (groups === 1) contract(x, 1, w, 1, label);
  else if (groups === sizeOf(input[1]!) && groups === sizeOf(channels)) {
    // Each channel has a kernel of its own, and their number is a setting.
    unify(input[1]!, channels, label);
    const literal = intLiteral(attributeOf(node, 'group')!);
    literal.axes.push(channels);
    call.context.literals.push(literal);
  } else {
    fix(input[1]!, `${label} takes channels in groups`);
    fix(channels, `${label} takes channels in groups`);
  }
  for (const axes of [input, kernel]) {
    for (const axis of axes.slice(2)) fix(axis, `${label} moves along it`);
  }
  for (let axis = 2; axis < kernel.length; axis++) mark(w, axis, 'reads');
  if (b !== undefined) {
    const bias = axesOf(b, label);
    if (bias?.length !== 1) return undefined;
    unify(bias[0]!, channels, label);
  }
  const places = placesOf(call, input, kernel);
  return [newValue(node.output[0] ?? '', [input[0]!, channels, ...places])];
};

/** The positions that a convolution gives along each axis, where they can be computed. */
function placesOf({ node, label }: Call, input: readonly Axis[], kernel: readonly Axis[]): Axis[] {
  const count = input.length - 2;
  const auto = textOf(node, 'auto_pad', 'NOTSET');
  const pads = intsOf(node, 'pads') ?? Array<number>(2 * count).fill(0);
  const strides = intsOf(node, 'strides') ?? Array<number>(count).fill(1);
  const dilations = intsOf(node, 'dilations') ?? Array<number>(count).fill(1);
  return Array.from({ length: count }, (_, i) => {
    const [size, width] = [sizeOf(input[i + 2]!), sizeOf(kernel[i + 2]!)];
    let places: number | undefined;
    if (size !== undefined && width !== undefined && (auto === 'NOTSET' || auto === 'VALID')) {
      const padding = auto === 'VALID' ? 0 : pads[i]! + pads[i + count]!;
      const room = size + padding - dilations[i]! * (width - 1) - 1;
      places = Math.floor(room / strides[i]!) + 1;
    }
    return fixedAxis(places !== undefined && places > 0 ? places : undefined, `${label} gives it`);
  });
}

/** Sums over an axis of both: only where one is a weight can its zeros make that unseen. */
function contract(a: Value, ak: number, b: Value, bk: number, label: string): void {
  const [left, right] = [axesOf(a, label)![ak]!, axesOf(b, label)![bk]!];
  unify(left, right, label);
  const weights = [
    [a, ak],
    [b, bk],
  ] as const;
  const traced = weights.filter(
    ([value, axis]) =>
      isWeight(value) && value.origins.every(({ axes }) => axes[axis] !== undefined),
  );
  if (traced.length === 0) fix(left, `${label} multiplies what is computed`);
  for (const [value, axis] of traced) read(value, axis, label);
}

/** Features that a weight gives are called after the node that multiplies with it. */
function nameAfter({ name }: Call, axis: Axis, weight: boolean): Axis {
  const [only, more] = axis.map(rootOf);
  if (weight && only !== undefined && more === undefined && only.rank === 0) {
    only.name = name;
    only.rank = 1;
  }
  return axis;
}

function broadcastBatch(left: readonly Axis[], right: readonly Axis[], label: string): Axis[] {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, k) => {
    const pair = [left, right].flatMap((axes) => {
      const axis = axes[axes.length - rank + k];
      return axis === undefined ? [] : [axis];
    });
    const wide = pair.filter((axis) => sizeOf(axis) !== 1);
    if (pair.length === 1) return pair[0]!;
    if (wide.length === 2 && sizeOf(wide[0]!) === sizeOf(wide[1]!)) {
      unify(wide[0]!, wide[1]!, label);
    } else for (const axis of pair) fix(axis, `${label} repeats it`);
    return wide[0] ?? pair[0]!;
  });
}

/** Lines a value up with the last of some axes, as broadcasting does. */
export function addTo(axes: readonly Axis[], value: Value, label: string): boolean {
  const own = axesOf(value, label);
  if (own === undefined || own.length > axes.length) return false;
  own.forEach((axis, i) => {
    const target = axes[axes.length - own.length + i]!;
    if (sizeOf(axis) === 1 && sizeOf(target) !== 1) fix(axis, `${label} repeats it`);
    else unify(target, axis, label);
  });
  return true;
}
