import type { TensorProto } from 'onnx-buf';
import { fix, fixedAxis, isFixed, sizeOf, unify, type Axis } from './span.ts';

/** A constant of floats: what a layout calls a weight. */
export interface Weight {
  /** The name of the constant, made unique if graphs inside the graph have one of the same name. */
  readonly name: string;
  readonly tensor: TensorProto;
  readonly shape: readonly number[];
  readonly value: Value;
  /** How each axis is used; one that no operator sums over writes. */
  readonly roles: (Role | undefined)[];
  /** Whether rows are fetched by index. */
  lookup: boolean;
}

/** How a weight uses an axis. */
export type Role = 'reads' | 'writes' | 'both';

/** One whole number in the file that says how long something is, and that has to follow when that loses positions. */
export interface Literal {
  readonly value: number;
  /** Writes another number in its place. */
  readonly write: (value: number) => void;
  /** What it is the length of, each time that it is used. */
  readonly axes: Axis[];
  /** Whether it counts from the end, as a negative index does. */
  negative: boolean;
  /** Who uses it in another way, so that it may not change. */
  frozen: string | undefined;
}

/** One entry of a small tensor of whole numbers, such as the target of a Reshape. */
export interface Entry {
  /** The number, if it does not depend on what a run brings. */
  readonly value: number | undefined;
  /** Where it stands in the file. */
  readonly literal?: Literal;
  /** The axis whose length it is: a run computes it, so it follows by itself. */
  readonly axis?: Axis;
}

/** Where a value comes from by moves alone: of each of its axes, which axis of the source it is. */
export interface Origin {
  readonly weight?: Weight;
  /** The name of an input of the graph. */
  readonly input?: string;
  readonly axes: readonly (number | undefined)[];
}

/** Lists of axes for more indices than this, such as states of layers, are not kept apart. */
export const MOST_STACKED = 64;

/** A tensor of the graph, as far as it is known without running it. */
export interface Value {
  /** How messages call it. */
  readonly name: string;
  /**
   * Its axes; undefined when not even their number is known. Where what stands on other axes depends on the index along the
   * axis `along`, as the two directions of a recurrent layer do, there is one list of axes for each index.
   */
  each: readonly (readonly Axis[])[] | undefined;
  along: number | undefined;
  /** What it consists of, if that is weights or inputs of the graph that were only moved. */
  readonly origins: readonly Origin[];
  /** Its entries, if it is a small tensor of whole numbers. */
  readonly entries?: readonly Entry[] | undefined;
  /** Whether it is the last state of a recurrent layer whose states come from outside. */
  readonly state?: boolean;
  /** Whether every entry of it is zero. */
  readonly zero?: boolean;
  /** Where not even the number of axes is known: what it may be. */
  readonly cases?: readonly Value[];
}

/** What a value keeps when its entries are only moved. */
export function historyOf({ origins, state = false, zero = false }: Value): Partial<Value> {
  return { origins, state, zero };
}

/** A value with one list of axes. */
export function newValue(
  name: string,
  axes: readonly Axis[] | undefined,
  more: Partial<Value> = {},
): Value {
  return { name, each: axes && [axes], along: undefined, origins: [], ...more };
}

/** A value whose axes depend on the index along one of them. */
export function stacked(
  name: string,
  along: number,
  each: readonly (readonly Axis[])[],
  more: Partial<Value> = {},
): Value {
  return { name, origins: [], ...more, each, along: each.length > 1 ? along : undefined };
}

/** A value of which nothing may be removed, with a shape if it has one. */
export function opaque(
  name: string,
  shape: readonly (number | undefined)[] | undefined,
  reason: string,
): Value {
  return newValue(
    name,
    shape?.map((size) => fixedAxis(size, reason)),
  );
}

/** The axes of a value; those that depended on an index become the same for all. */
export function axesOf(value: Value, user: string): readonly Axis[] | undefined {
  const [first, ...others] = value.each ?? [];
  if (first === undefined) return undefined;
  for (const other of others) other.forEach((axis, i) => unify(first[i]!, axis, user));
  if (others.length > 0) {
    value.each = [first];
    value.along = undefined;
  }
  return first;
}

/** The axes for each of `count` indices along an axis; undefined when it has another length. */
export function eachOf(
  value: Value,
  along: number,
  count: number,
  user: string,
): readonly (readonly Axis[])[] | undefined {
  if (value.along === along && value.each!.length === count) return value.each;
  const axes = axesOf(value, user);
  const axis = axes?.[along];
  const size = axis && sizeOf(axis);
  if (axis === undefined || (size !== count && (size !== undefined || !isFixed(axis)))) {
    return undefined;
  }
  fix(axis, `${user} has one of it for each direction`);
  return Array.from({ length: count }, () => axes!);
}

/** Forbids that anything of a value is removed, and that its numbers change. */
export function fixValue(value: Value | undefined, reason: string): void {
  for (const axes of value?.each ?? []) for (const axis of axes) fix(axis, reason);
  for (const each of value?.cases ?? []) fixValue(each, reason);
  if (value?.cases === undefined) freeze(value, reason);
}

/** Forbids that the numbers in a value change. */
export function freeze(value: Value | undefined, reason: string): void {
  for (const each of value?.cases ?? []) freeze(each, reason);
  for (const { literal, axis } of value?.entries ?? []) {
    if (literal !== undefined) {
      literal.frozen ??= reason;
      for (const each of literal.axes) fix(each, reason);
    }
    if (axis !== undefined) fix(axis, reason);
  }
}

/** States that an entry is the length of an axis: where it stands in the file it follows, where a run computes it it agrees. */
export function measure(
  entry: Entry | undefined,
  axis: Axis,
  ties: Tie[],
  user: string,
  negative = false,
): void {
  if (entry?.literal !== undefined) {
    const { literal } = entry;
    if (literal.axes.length > 0 && literal.negative !== negative) {
      literal.frozen ??= `${user} counts with it from the other end`;
      for (const each of literal.axes) fix(each, literal.frozen);
    }
    literal.negative = negative;
    literal.axes.push(axis);
    if (literal.frozen !== undefined) fix(axis, literal.frozen);
  } else if (entry?.axis !== undefined) ties.push({ pair: [entry.axis, axis], user });
  else if (entry?.value !== undefined) fix(axis, `${user} takes its size from a computation`);
}

/** Two axes that must have one size, though nothing lines them up. */
export interface Tie {
  readonly pair: readonly [Axis, Axis];
  readonly user: string;
}

/** Whether all of a value comes from weights, so that what is zero in them is zero in it. */
export function isWeight(value: Value): boolean {
  return value.origins.length > 0 && value.origins.every(({ weight }) => weight !== undefined);
}

/** Notes how an axis of a value is used in the weights that it comes from. */
export function mark(value: Value, axis: number, role: Role): void {
  for (const { weight, axes } of value.origins) {
    const at = axes[axis];
    if (weight === undefined || at === undefined) continue;
    const found = weight.roles[at];
    weight.roles[at] = found === undefined || found === role ? role : 'both';
  }
}

/** Notes that an operator sums over an axis: zeros in a weight can make that unseen, in anything else they cannot. */
export function read(value: Value, axis: number, user: string): void {
  const traced = isWeight(value) && value.origins.every(({ axes }) => axes[axis] !== undefined);
  if (traced) mark(value, axis, 'reads');
  else for (const axes of value.each ?? []) fix(axes[axis]!, `${user} reads it`);
}
