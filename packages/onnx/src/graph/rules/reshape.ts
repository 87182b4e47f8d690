import { intOf } from '../attributes.ts';
import { cut, fix, fixedAxis, isFixed, repeat, sizeOf, type Axis } from '../span.ts';
import type { Call, Rule } from '../context.ts';
import {
  axesOf,
  historyOf,
  measure,
  MOST_STACKED,
  newValue,
  stacked,
  type Origin,
  type Value,
} from '../value.ts';
import { axisAt } from './normalize.ts';
import { groupsOf, range, targetsOf, type Group, type Target } from './reshape-groups.ts';
import { entriesOf } from './shape.ts';

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
