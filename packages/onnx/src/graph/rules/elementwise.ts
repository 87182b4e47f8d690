import { fix, fixedAxis, isFixed, isUniform, repeat, sizeOf, unify, type Axis } from '../span.ts';
import type { Call, Rule } from '../context.ts';
import { axesOf, freeze, newValue, stacked, type Entry, type Value } from '../value.ts';

/** One input whose every position is changed alone; what it gives has the input's axes, once for each output. */
export const unary: Rule = ({ inputs: [input], node }) => {
  if (input === undefined) return undefined;
  return node.output.map((name) => withAxes(name, input));
};

/** What moves nothing: the output is the input under another name. */
export const alias: Rule = ({ inputs: [input], node }) => {
  if (input === undefined) return undefined;
  return node.output.map((name, i) => (i === 0 ? { ...input, name } : withAxes(name, input)));
};

/** A value that has the axes of another and none of its history. */
function withAxes(name: string, { each, along }: Value): Value {
  return { name, each, along, origins: [] };
}

/** Inputs that are broadcast to one shape and combined position by position. */
export const elementwise: Rule = (call) => {
  const inputs = call.inputs.filter((input) => input !== undefined);
  const [first, ...others] = inputs;
  if (first === undefined) return undefined;
  const [name = ''] = call.node.output;
  const wide = inputs.filter((input) => !isSingle(input));
  if (wide.length === 1 && wide[0]!.each !== undefined && rankOf(wide[0]!) >= mostAxes(inputs)) {
    return [withAxes(name, wide[0]!)];
  }
  const [along] = [first.along];
  if (along !== undefined && others.every((other) => isLike(first, other))) {
    const each = first.each!.map((axes, i) =>
      axes.map((axis, k) =>
        lineUp([axis, ...others.map((other) => other.each![i]![k]!)], call.label),
      ),
    );
    return [stacked(name, along, each)];
  }
  const axes = broadcast(inputs, call);
  return axes && [newValue(name, axes)];
};

function rankOf({ each }: Value): number {
  return each?.[0]?.length ?? Infinity;
}

function mostAxes(values: readonly Value[]): number {
  return Math.max(...values.map(rankOf));
}

function isSingle({ each }: Value): boolean {
  return each?.[0]?.every((axis) => sizeOf(axis) === 1) === true;
}

function isLike(one: Value, other: Value): boolean {
  return (
    one.along === other.along &&
    one.each?.length === other.each?.length &&
    rankOf(one) === rankOf(other) &&
    one.each!.every((axes, i) =>
      axes.every((axis, k) => sizeOf(axis) === sizeOf(other.each![i]![k]!)),
    )
  );
}

/** The axes of inputs that are broadcast to one shape; undefined when one has an unknown number of axes. */
function broadcast(inputs: readonly Value[], { label }: Call): Axis[] | undefined {
  const shapes: (readonly Axis[])[] = [];
  for (const input of inputs) {
    const axes = axesOf(input, label);
    if (axes === undefined) return undefined;
    shapes.push(axes);
  }
  const rank = Math.max(...shapes.map((axes) => axes.length));
  return Array.from({ length: rank }, (_, k) =>
    lineUp(
      shapes.flatMap((axes) => {
        const axis = axes[axes.length - rank + k];
        return axis === undefined ? [] : [axis];
      }),
      label,
    ),
  );
}

/** One axis of a broadcast. */
function lineUp(axes: readonly Axis[], label: string): Axis {
  const wide = axes.filter((axis) => sizeOf(axis) !== 1);
  const narrow = axes.filter((axis) => sizeOf(axis) === 1);
  for (const axis of narrow) fix(axis, `${label} repeats it`);
  if (wide.length === 0) return narrow[0] ?? fixedAxis(1, label);
  const known = wide.filter((axis) => sizeOf(axis) !== undefined);
  const [first = wide[0]!] = [known.find((axis) => !isUniform(axis)) ?? known[0]];
  for (const axis of wide) {
    if (axis === first) continue;
    if (sizeOf(axis) === sizeOf(first)) unify(first, axis, label);
    else {
      fix(first, `${label} combines it with a width that is not known`);
      fix(axis, `${label} combines it with another width`);
    }
  }
  return first;
}

/** Numbers of small tensors, computed. */
export function arithmetic(operator: (...values: number[]) => number): Rule {
  return (call) => {
    const [result] = elementwise(call) ?? [];
    if (result === undefined) return undefined;
    const lists = call.inputs.map((input) => input?.entries);
    if (lists.some((list) => list === undefined)) return [result];
    const length = Math.max(...lists.map((list) => list!.length));
    if (lists.some((list) => list!.length !== length && list!.length !== 1)) return [result];
    const entries = Array.from({ length }, (_, i) => {
      const values = lists.map((list) => list![list!.length === 1 ? 0 : i]!.value);
      if (values.some((value) => value === undefined)) return { value: undefined };
      const value = operator(...(values as number[]));
      return { value: Number.isSafeInteger(value) ? value : undefined };
    });
    return [{ ...result, entries }];
  };
}

const product = arithmetic((a, b) => a * b);

/** A product; of a number and the length of an axis it is the length of the axis repeated so often. */
export const multiply: Rule = (call) => {
  const [result] = product(call) ?? [];
  const [left, right] = call.inputs.map((input) => input?.entries);
  const entries = result?.entries?.map((entry, i): Entry => {
    const pair = [left!, right!].map((list) => list[list.length === 1 ? 0 : i]!) as [Entry, Entry];
    const [count, length] =
      pair[0].axis !== undefined && !isFixed(pair[0].axis) ? [pair[1], pair[0]] : pair;
    const { value } = count;
    const known = value !== undefined && (count.axis === undefined || isFixed(count.axis));
    const axis =
      known && length.axis !== undefined && value > 0 ? repeat(length.axis, value) : undefined;
    if (axis === undefined) return entry;
    freeze({ ...result, entries: [count] }, `${call.label} multiplies by it`);
    return { ...entry, axis };
  });
  if (entries?.every(({ axis }) => axis !== undefined) !== true) {
    for (const input of call.inputs) freeze(input, `${call.label} computes with it`);
  }
  return result && [{ ...result, entries }];
};

const compare = arithmetic((a, b) => Number(a === b));

/** Whether numbers are equal; a length may change where it is only asked whether it is negative, as exporters do. */
export const equal: Rule = (call) => {
  const negative = call.inputs.some((input) =>
    input?.entries?.every(({ value }) => value !== undefined && value < 0),
  );
  if (!negative) for (const input of call.inputs) freeze(input, `${call.label} compares it`);
  return compare(call);
};

/** Takes entries of one of two small tensors as a third says. */
export const where: Rule = (call) => {
  const [result] = elementwise(call) ?? [];
  if (result === undefined) return undefined;
  const [condition, yes, no] = call.inputs.map((input) => input?.entries);
  const lists = [condition, yes, no];
  const length = Math.max(...lists.map((list) => list?.length ?? Infinity));
  const known =
    condition?.every(({ value }) => value !== undefined) === true &&
    lists.every((list) => list?.length === length || list?.length === 1);
  if (!known) {
    for (const input of call.inputs) freeze(input, `${call.label} picks from it`);
    return [result];
  }
  const entries = Array.from({ length }, (_, i) => {
    const at = <T>(list: readonly T[]): T => list[list.length === 1 ? 0 : i]!;
    return at(at(condition).value === 0 ? no! : yes!);
  });
  return [{ ...result, entries }];
};
