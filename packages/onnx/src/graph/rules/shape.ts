import { intOf, intsOf, tensorOf } from '../attributes.ts';
import { fix, fixedAxis, newAxis, repeat, sizeOf, type Axis } from '../span.ts';
import type { Call, Rule } from '../context.ts';
import {
  axesOf,
  freeze,
  historyOf,
  measure,
  newValue,
  stacked,
  type Entry,
  type Origin,
  type Value,
} from '../value.ts';
import { axisAt } from './normalize.ts';
import { integersOf, isZero } from '../constants.ts';

/** Most entries of a tensor of whole numbers that is followed. */
const MOST_ENTRIES = 64;

/** The sizes of a value's axes. */
export const shape: Rule = (call) => {
  const { node, label } = call;
  const [input] = call.inputs;
  // Whatever the index on one axis, the others are as long.
  const axes = input?.each?.[0];
  if (axes === undefined) return undefined;
  const [start, end] = [intOf(node, 'start', 0), intOf(node, 'end', axes.length)];
  const entries = axes.slice(start, end).map((axis): Entry => ({ value: sizeOf(axis), axis }));
  return [newValue(node.output[0] ?? '', [fixedAxis(entries.length, label)], { entries })];
};

/** The number of all positions: known where none can go. */
export const size: Rule = ({ inputs: [input], node, label }) => {
  if (input === undefined) return undefined;
  const axes = axesOf(input, label);
  for (const axis of axes ?? []) fix(axis, `${label} counts it`);
  const sizes = axes?.map(sizeOf);
  const value = sizes?.reduce(
    (product, each) => (product === undefined || each === undefined ? undefined : product * each),
    1,
  );
  return [newValue(node.output[0] ?? '', [], { entries: [{ value }] })];
};

/** The numbers in a small tensor, undefined where a run decides; undefined when it is not known how many they are. */
export function entriesOf(value: Value | undefined): readonly Entry[] | undefined {
  if (value === undefined) return undefined;
  const [first] = value.each ?? [];
  const count =
    value.entries?.length ??
    (value.each?.length === 1 && first!.length === 1 ? sizeOf(first![0]!) : undefined);
  if (count === undefined || count > MOST_ENTRIES) return undefined;
  return value.entries ?? Array.from({ length: count }, () => ({ value: undefined }));
}

/** A tensor of one value: whatever meets it says how long it is. */
export const constantOfShape: Rule = (call) => {
  const { node, label } = call;
  const entries = entriesOf(call.inputs[0]);
  if (entries === undefined) return undefined;
  const fill = tensorOf(node, 'value');
  const number = fill === undefined ? 0 : integersOf(fill)?.[0];
  const axes = entries.map((entry) => filled(entry, call));
  const count = entries.length === 1 ? entries[0]!.value : undefined;
  const short = number !== undefined && count !== undefined && count <= MOST_ENTRIES;
  if (short) for (const axis of axes) fix(axis, `${label} makes numbers of it`);
  const made = short ? Array.from({ length: count }, () => ({ value: number })) : undefined;
  return [
    newValue(node.output[0] ?? '', axes, {
      entries: made,
      zero: fill === undefined || isZero(fill),
    }),
  ];
};

/** An axis of so many equal entries. */
function filled(entry: Entry, { label, name, context }: Call): Axis {
  const { value, literal, axis } = entry;
  if (value === undefined || value < 0) return axis ?? fixedAxis(undefined, `${label} gives it`);
  if (literal === undefined && axis === undefined) return fixedAxis(value, `${label} gives it`);
  const made = newAxis(name, value, 0, 'uniform');
  measure(entry, made, context.ties, label);
  return made;
}

/** Repeats axes of length 1 to given lengths. */
export const expand: Rule = (call) => {
  const { node, label, context } = call;
  const [input, target] = call.inputs;
  const entries = entriesOf(target);
  const axes = input && axesOf(input, label);
  if (entries === undefined || axes === undefined) return undefined;
  const rank = Math.max(axes.length, entries.length);
  const out = Array.from({ length: rank }, (_, k) => {
    const axis = axes[axes.length - rank + k];
    const entry = entries[entries.length - rank + k];
    if (entry === undefined) return axis!;
    const length = axis === undefined ? 1 : sizeOf(axis);
    if (entry.value === 1 && axis !== undefined) return axis;
    if (length === 1) {
      if (axis !== undefined) fix(axis, `${label} repeats it`);
      return filled(entry, call);
    }
    // Neither 1 nor another length can stand here.
    measure(entry, axis!, context.ties, label);
    if (entry.value !== undefined && length !== entry.value) fix(axis!, `${label} repeats it`);
    return axis!;
  });
  return [newValue(node.output[0] ?? '', out, { zero: input?.zero ?? false })];
};

/** Repeats whole axes. */
export const tile: Rule = (call) => {
  const { node, label } = call;
  const [input, times] = call.inputs;
  const entries = entriesOf(times);
  const axes = input && axesOf(input, label);
  if (entries?.length !== axes?.length || axes === undefined) return undefined;
  freeze(times, `${label} repeats by it`);
  const out = axes.map((axis, i) => {
    const count = entries![i]!.value;
    if (count === 1) return axis;
    const copies = count === undefined ? undefined : repeat(axis, count);
    if (copies !== undefined && copies.length > 0) return copies;
    fix(axis, `${label} repeats it`);
    return fixedAxis(undefined, `${label} gives it`);
  });
  return [newValue(node.output[0] ?? '', out)];
};

/** Adds positions at the ends of axes. */
export const pad: Rule = (call) => {
  const { node, label } = call;
  const [input, list, value, which] = call.inputs;
  const axes = input && axesOf(input, label);
  const pads =
    list === undefined ? intsOf(node, 'pads') : entriesOf(list)?.map((entry) => entry.value);
  if (axes === undefined) return undefined;
  if (which !== undefined || pads?.length !== 2 * axes.length) {
    for (const axis of axes) fix(axis, `${label} adds positions`);
    return [
      newValue(
        node.output[0] ?? '',
        axes.map(() => fixedAxis(undefined, `${label} gives it`)),
      ),
    ];
  }
  freeze(list, `${label} adds positions by it`);
  freeze(value, `${label} adds it`);
  const out = axes.map((axis, i) => {
    const [before, after] = [pads[i], pads[i + axes.length]];
    if (before === 0 && after === 0) return axis;
    fix(axis, `${label} adds positions`);
    const length = sizeOf(axis);
    const known = length !== undefined && before !== undefined && after !== undefined;
    return fixedAxis(known ? Math.max(0, length + before + after) : undefined, `${label} gives it`);
  });
  return [newValue(node.output[0] ?? '', out)];
};

/** Moves axes. */
export const transpose: Rule = ({ inputs: [input], node }) => {
  if (input?.each === undefined) return undefined;
  const rank = input.each[0]!.length;
  const order = intsOf(node, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const valid = order.length === rank && new Set(order).size === rank;
  if (!valid || order.some((axis) => axis < 0 || axis >= rank)) return undefined;
  const turned = moved(input, order, node.output[0] ?? '');
  if (rank < 2) return [turned];
  freeze(input, 'its numbers are put in another order');
  return [{ ...turned, entries: undefined }];
};

/** A value whose axis `i` is the input's axis `order[i]`, or a new one of length 1. */
function moved(input: Value, order: readonly (number | undefined)[], name: string): Value {
  const each = input.each!.map((axes) =>
    order.map((from) => (from === undefined ? fixedAxis(1, 'a new axis') : axes[from]!)),
  );
  const origins = input.origins.map((origin): Origin => ({
    ...origin,
    axes: order.map((from) => (from === undefined ? undefined : origin.axes[from])),
  }));
  const more = { ...historyOf(input), origins, entries: input.entries };
  if (input.along === undefined) return newValue(name, each[0], more);
  return stacked(name, order.indexOf(input.along), each, more);
}

/** Takes axes of length 1 away. */
export const squeeze: Rule = (call) => {
  const { node, label } = call;
  const [input, list] = call.inputs;
  if (input?.each === undefined) return undefined;
  const [first] = input.each;
  const rank = first!.length;
  const given =
    list === undefined ? intsOf(node, 'axes') : entriesOf(list)?.map(({ value }) => value);
  if (list !== undefined && given === undefined) return undefined;
  freeze(list, `${label} takes these axes away`);
  const sizes = first!.map(sizeOf);
  if (given === undefined && sizes.includes(undefined)) return undefined;
  const gone =
    given?.map((axis) => (axis === undefined ? undefined : axisAt(axis, rank))) ??
    sizes.flatMap((length, i) => (length === 1 ? [i] : []));
  if (gone.includes(undefined)) return undefined;
  if (input.along !== undefined && gone.includes(input.along)) return undefined;
  for (const at of gone) for (const axes of input.each) fix(axes[at!]!, `${label} takes it away`);
  const order = first!.flatMap((_, i) => (gone.includes(i) ? [] : [i]));
  return [moved(input, order, node.output[0] ?? '')];
};

/** Adds axes of length 1. */
export const unsqueeze: Rule = ({ inputs: [input, list], node, label }) => {
  if (input?.each === undefined) return undefined;
  const given =
    list === undefined ? intsOf(node, 'axes') : entriesOf(list)?.map(({ value }) => value);
  freeze(list, `${label} adds these axes`);
  if (given === undefined) return undefined;
  const rank = input.each[0]!.length + given.length;
  if (rank > MOST_ENTRIES) return undefined;
  const added = new Set(given.map((axis) => (axis === undefined ? undefined : axisAt(axis, rank))));
  if (added.has(undefined) || added.size !== given.length) return undefined;
  let from = 0;
  const order = Array.from({ length: rank }, (_, i) => (added.has(i) ? undefined : from++));
  return [moved(input, order, node.output[0] ?? '')];
};
