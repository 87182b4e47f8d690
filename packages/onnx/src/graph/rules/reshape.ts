import { intOf } from '../attributes.ts';
import { cut, fix, fixedAxis, isFixed, repeat, runs, sizeOf, type Axis } from '../span.ts';
import type { Call, Rule } from '../context.ts';
import {
  axesOf,
  historyOf,
  measure,
  newValue,
  stacked,
  type Entry,
  type Origin,
  type Value,
} from '../value.ts';
import { axisAt } from './normalize.ts';
import { entriesOf } from './shape.ts';

/** More copies than this are not written side by side. */
const MOST_STACKED = 64;

/** What a new axis is asked to be. */
interface Target {
  readonly entry: Entry;
  /** Its length, when it is known. */
  readonly size: number | undefined;
  /** The input's axis whose length it takes. */
  readonly like: Axis | undefined;
}

/** Neighbouring old axes that together become neighbouring new ones. */
interface Group {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Lays the same entries out in another shape. */
export const reshape: Rule = (call) => {
  const [input, list] = call.inputs;
  const entries = entriesOf(list);
  if (input?.each === undefined || entries === undefined) return undefined;
  const targets = targetsOf(input.each[0]!, entries, intOf(call.node, 'allowzero', 0) === 0);
  return targets && [regroup(call, input, targets)];
};

/** Makes a matrix. */
export const flatten: Rule = (call) => {
  const [input] = call.inputs;
  const rank = input?.each?.[0]?.length;
  if (input === undefined || rank === undefined) return undefined;
  const given = intOf(call.node, 'axis', 1);
  const axis = given === rank ? rank : axisAt(given, rank);
  if (axis === undefined) return undefined;
  const count = (axes: readonly Axis[]): number | undefined =>
    axes
      .map(sizeOf)
      .reduce(
        (product, size) =>
          product === undefined || size === undefined ? undefined : product * size,
        1,
      );
  const axes = input.each![0]!;
  const targets = [axes.slice(0, axis), axes.slice(axis)].map((part): Target => {
    const value = count(part);
    return {
      entry: { value: undefined },
      size: value,
      like: part.length === 1 ? part[0] : undefined,
    };
  });
  const groups = [
    { from: range(0, axis), to: [0] },
    { from: range(axis, rank), to: [1] },
  ];
  return [regroup(call, input, targets, groups)];
};

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

function targetsOf(
  axes: readonly Axis[],
  entries: readonly Entry[],
  zeroCopies: boolean,
): Target[] | undefined {
  if (entries.filter(({ value }) => value === -1).length > 1) return undefined;
  const targets = entries.map((entry, i): Target => {
    const { value, axis } = entry;
    if (value === 0 && zeroCopies) {
      const like = axes[i];
      return { entry: { value: undefined }, size: like && sizeOf(like), like };
    }
    return {
      entry: value === -1 ? { value: undefined } : entry,
      size: value === -1 ? undefined : value,
      like: axis,
    };
  });
  if (targets.some(({ size }) => size !== undefined && size < 0)) return undefined;
  const open = entries.findIndex(({ value }) => value === -1);
  const product = (sizes: readonly (number | undefined)[]): number | undefined =>
    sizes.reduce(
      (sum, size) => (sum === undefined || size === undefined ? undefined : sum * size),
      1,
    );
  const whole = product(axes.map(sizeOf));
  const others = product(targets.flatMap(({ size }, i) => (i === open ? [] : [size])));
  if (open >= 0 && whole !== undefined && others !== undefined && others > 0) {
    if (whole % others !== 0) return undefined;
    targets[open] = { ...targets[open]!, size: whole / others };
  }
  return targets;
}

/** Finds which old axes become which new ones: from the front, then from the back, the rest is one group. */
function groupsOf(axes: readonly Axis[], targets: readonly Target[]): Group[] {
  const same = (axis: Axis, { size, like }: Target): boolean => {
    const own = sizeOf(axis);
    if (own !== undefined) return own === size;
    return like !== undefined && runs(like)[0] === runs(axis)[0] && size === undefined;
  };
  const groups: Group[] = [];
  let [i, j, iEnd, jEnd] = [0, 0, axes.length, targets.length];
  const walk = (back: boolean): void => {
    while (i < iEnd && j < jEnd) {
      const [at, to] = back ? [iEnd - 1, jEnd - 1] : [i, j];
      let [from, into] = [1, 1];
      if (!same(axes[at]!, targets[to]!)) {
        const step = back ? -1 : 1;
        let [left, right] = [sizeOf(axes[at]!), targets[to]!.size];
        while (left !== right) {
          if (left === undefined || right === undefined || left === 0 || right === 0) return;
          if (left < right) {
            if (from >= iEnd - i) return;
            const more = sizeOf(axes[at + step * from++]!);
            left = more === undefined ? undefined : left * more;
          } else {
            if (into >= jEnd - j) return;
            const more = targets[to + step * into++]!.size;
            right = more === undefined ? undefined : right * more;
          }
        }
        if (left === undefined) return;
      }
      if (back) {
        groups.push({ from: range(iEnd - from, iEnd), to: range(jEnd - into, jEnd) });
        iEnd -= from;
        jEnd -= into;
      } else {
        groups.push({ from: range(i, i + from), to: range(j, j + into) });
        i += from;
        j += into;
      }
    }
  };
  walk(false);
  walk(true);
  if (i < iEnd || j < jEnd) groups.push({ from: range(i, iEnd), to: range(j, jEnd) });
  return groups;
}

/** The value in its new shape. */
function regroup(
  call: Call,
  input: Value,
  targets: readonly Target[],
  given?: readonly Group[],
): Value {
  const name = call.node.output[0] ?? '';
  const groups = given ?? groupsOf(input.each![0]!, targets);
  const own = groups.find(({ from }) => input.along !== undefined && from.includes(input.along));
  const more = {
    ...historyOf(input),
    origins: input.origins.map((origin) => reordered(origin, groups, targets.length)),
  };
  if (own === undefined || (own.from.length === 1 && own.to.length === 1)) {
    const alongs = new Set<number>();
    const each = input.each!.map((axes) => {
      const made = oneByOne(call, axes, groups, targets);
      if (made.along !== undefined) alongs.add(made.along);
      return made;
    });
    if (own === undefined && each.length === 1) {
      const { lists, along } = each[0]!;
      return along === undefined
        ? newValue(name, lists[0], { ...more, entries: input.entries })
        : stacked(name, along, lists, more);
    }
    // A list of lists is more than is followed.
    if (alongs.size > 0)
      for (const { lists } of each)
        for (const axes of lists) axes.forEach((axis) => fix(axis, `${call.label} cuts it apart`));
    return stacked(
      name,
      own!.to[0]!,
      each.map(({ lists }) => lists[0]!),
      more,
    );
  }
  const joined = besideEachOther(input, own, targets);
  if (joined !== undefined) {
    const rest = groups.filter((group) => group !== own);
    const { lists } = oneByOne(call, axesBeside(input, own), rest, targets);
    const axes = [...lists[0]!];
    axes[own.to[0]!] = joined;
    measure(targets[own.to[0]!]!.entry, joined, call.context.ties, call.label);
    return newValue(name, axes, more);
  }
  axesOf(input, call.label);
  return regroup(call, input, targets, groups);
}

/** The axes of a value with several lists, where only those of one group differ. */
function axesBeside(input: Value, own: Group): readonly Axis[] {
  const [first, ...others] = input.each!;
  const apart: Value = {
    ...input,
    each: [first!, ...others].map((axes) =>
      axes.map((axis, i) => (own.from.includes(i) ? fixedAxis(1, '') : axis)),
    ),
  };
  return axesOf(apart, input.name)!;
}

/** The lists of a group `[..., along, features]` that becomes one axis, one after the other; undefined for any other group. */
function besideEachOther(
  input: Value,
  { from, to }: Group,
  targets: readonly Target[],
): Axis | undefined {
  if (to.filter((at) => targets[at]!.size !== 1).length !== 1 || to.length !== 1) return undefined;
  const [first] = input.each!;
  const wide = from.filter((at) => at === input.along || sizeOf(first![at]!) !== 1);
  if (wide.length !== 2 || wide[0] !== input.along) return undefined;
  return input.each!.flatMap((axes) => axes[wide[1]!]!);
}

function reordered(origin: Origin, groups: readonly Group[], rank: number): Origin {
  const axes: (number | undefined)[] = Array.from({ length: rank });
  for (const { from, to } of groups) {
    if (from.length === 1 && to.length === 1) axes[to[0]!] = origin.axes[from[0]!];
  }
  return { ...origin, axes };
}

/** The new axes of one list of axes. */
function oneByOne(
  call: Call,
  axes: readonly Axis[],
  groups: readonly Group[],
  targets: readonly Target[],
): { lists: Axis[][]; along?: number } {
  const { label, context } = call;
  const made: Axis[] = targets.map(({ size }) => fixedAxis(size, `${label} gives it`));
  let cutApart: { at: number; along: number; pieces: Axis[] } | undefined;
  for (const { from, to } of groups) {
    const wide = from.map((at) => axes[at]!).filter((axis) => sizeOf(axis) !== 1 || !isFixed(axis));
    const wanted = to.filter((at) => targets[at]!.size !== 1);
    if (from.length === 1 && to.length === 1) made[to[0]!] = axes[from[0]!]!;
    else if (wide.length === 0) continue;
    else if (wanted.length === 1 || (wanted.length === 0 && to.length > 0)) {
      made[wanted[0] ?? to[0]!] = merged(wide, targets[wanted[0] ?? to[0]!]!.size, label);
    } else if (wide.length === 1 && wanted.length === 2 && cutApart === undefined) {
      const pieces = piecesOf(
        wide[0]!,
        targets[wanted[0]!]!.size,
        targets[wanted[1]!]!.size,
        label,
      );
      if (pieces !== undefined) cutApart = { at: wanted[1]!, along: wanted[0]!, pieces };
    } else for (const axis of wide) fix(axis, `${label} cuts it apart`);
    for (const at of to) {
      if (cutApart?.at === at)
        for (const piece of cutApart.pieces)
          measure(targets[at]!.entry, piece, context.ties, label);
      else if (!isFixed(made[at]!)) measure(targets[at]!.entry, made[at]!, context.ties, label);
      else if (targets[at]!.entry.literal !== undefined)
        targets[at]!.entry.literal.axes.push(made[at]!);
    }
  }
  if (cutApart === undefined) return { lists: [made] };
  const { at, along, pieces } = cutApart;
  return { along, lists: pieces.map((piece) => made.map((axis, i) => (i === at ? piece : axis))) };
}

/** Several axes as one: features of as many positions, one after the other. */
function merged(wide: readonly Axis[], size: number | undefined, label: string): Axis {
  const [last, others] = [wide.at(-1)!, wide.slice(0, -1)];
  if (others.length === 0) return last;
  const copies = others
    .map(sizeOf)
    .reduce(
      (product, each) => (product === undefined || each === undefined ? undefined : product * each),
      1,
    );
  const repeated =
    copies !== undefined && copies > 0 && others.every(isFixed) ? repeat(last, copies) : undefined;
  if (repeated !== undefined && !isFixed(last)) return repeated;
  for (const axis of wide) fix(axis, `${label} lays it beside others`);
  return fixedAxis(size, `${label} gives it`);
}

/** An axis cut into so many pieces of one length; undefined when none of it can be removed. */
function piecesOf(
  axis: Axis,
  count: number | undefined,
  size: number | undefined,
  label: string,
): Axis[] | undefined {
  if (isFixed(axis)) return undefined;
  if (
    count === undefined ||
    size === undefined ||
    count > MOST_STACKED ||
    count * size !== sizeOf(axis)
  ) {
    fix(axis, `${label} cuts it apart`);
    return undefined;
  }
  return Array.from({ length: count }, (_, i) => cut(axis, i * size, (i + 1) * size, label));
}
