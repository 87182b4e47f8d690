import { attributeOf, intOf, intsLiterals, intsOf } from '../attributes.ts';
import { cut, fix, fixedAxis, sizeOf } from '../span.ts';
import type { Call, Rule } from '../context.ts';
import {
  axesOf,
  freeze,
  historyOf,
  mark,
  measure,
  newValue,
  stacked,
  type Entry,
  type Value,
} from '../value.ts';
import { axisAt } from './normalize.ts';
import { entriesOf } from './shape.ts';

/** Looks rows up along an axis. */
export const gather: Rule = (call) => {
  const { label, node } = call;
  const [data, indices] = call.inputs;
  if (data?.each === undefined || indices === undefined) return undefined;
  const rank = data.each[0]!.length;
  const axis = axisAt(intOf(node, 'axis', 0), rank);
  const places = axesOf(indices, label);
  if (axis === undefined || places === undefined) return undefined;
  const name = node.output[0] ?? '';
  const chosen = entriesOf(indices)?.map(({ value }) => value);
  freeze(indices, `${label} looks it up`);
  if (data.along === axis && chosen?.every((index) => index !== undefined) === true) {
    const each = chosen.map((index) => data.each!.at(index!));
    if (each.every((axes) => axes !== undefined) && places.length < 2) {
      const lists = each.map((axes) => axes!.flatMap((one, i) => (i === axis ? places : [one])));
      const origins = data.origins.map((origin) => ({
        ...origin,
        axes: origin.axes.flatMap((at, i) => (i === axis ? places.map(() => undefined) : [at])),
      }));
      const state = { ...historyOf(data), origins };
      return [
        places.length === 0 ? newValue(name, lists[0], state) : stacked(name, axis, lists, state),
      ];
    }
  }
  const axes = axesOf(data, label)!;
  fix(axes[axis]!, `${label} picks from it by position`);
  // Indices may be anything that a run brings: that is a look-up, which costs no product.
  mark(data, axis, 'reads');
  for (const { weight } of data.origins)
    if (weight && weight.shape.length > 1 && chosen === undefined) weight.lookup = true;
  const out = [...axes.slice(0, axis), ...places, ...axes.slice(axis + 1)];
  const origins = data.origins.map((origin) => ({
    ...origin,
    axes: [
      ...origin.axes.slice(0, axis),
      ...places.map(() => undefined),
      ...origin.axes.slice(axis + 1),
    ],
  }));
  const list = entriesOf(data);
  const picked =
    list === undefined || rank !== 1
      ? undefined
      : chosen?.map((index): Entry =>
          index === undefined ? { value: undefined } : (list.at(index) ?? { value: undefined }),
        );
  if (picked === undefined) freeze(data, `${label} picks from it`);
  return [newValue(name, out, { zero: data.zero ?? false, origins, entries: picked })];
};

/** Entries from a start to an end, along some axes. */
export const slice: Rule = (call) => {
  const { label, node } = call;
  const [data, ...settings] = call.inputs;
  if (data?.each === undefined) return undefined;
  const rank = data.each[0]!.length;
  const list = (at: number, name: string): readonly Entry[] | undefined => {
    const attribute = attributeOf(node, name);
    if (attribute === undefined) return entriesOf(settings[at]);
    const literals = intsLiterals(attribute);
    call.context.literals.push(...literals);
    return literals.map((literal) => ({ value: literal.value, literal }));
  };
  const [starts, ends] = [list(0, 'starts'), list(1, 'ends')];
  const given =
    settings[2] === undefined
      ? intsOf(node, 'axes')
      : entriesOf(settings[2])?.map(({ value }) => value);
  const steps = settings[3] === undefined ? [] : entriesOf(settings[3])?.map(({ value }) => value);
  freeze(settings[2], `${label} slices these axes`);
  freeze(settings[3], `${label} takes these steps`);
  if (starts === undefined || ends?.length !== starts.length || steps === undefined)
    return undefined;
  if (settings[2] !== undefined && given === undefined) return undefined;
  const where = (given ?? [...starts.keys()]).map((axis) =>
    axis === undefined ? undefined : axisAt(axis, rank),
  );
  if (where.includes(undefined) || where.length !== starts.length) return undefined;
  let value: Value = data;
  where.forEach((axis, i) => {
    value = sliced(call, value, axis!, {
      start: starts[i]!,
      end: ends[i]!,
      step: steps[i] ?? (settings[3] === undefined ? 1 : undefined),
    });
  });
  const entries = entriesOf(data);
  const [start, end] = [starts[0]?.value, ends[0]?.value];
  const plain = rank === 1 && where.length === 1 && (steps[0] ?? 1) === 1;
  const picked =
    plain && start !== undefined && end !== undefined ? entries?.slice(start, end) : undefined;
  if (picked === undefined) freeze(data, `${label} picks from it`);
  return [{ ...value, name: node.output[0] ?? '', entries: picked }];
};

/** The borders of a slice along one axis. */
interface Borders {
  readonly start: Entry;
  readonly end: Entry;
  readonly step: number | undefined;
}

function sliced(call: Call, data: Value, axis: number, { start, end, step }: Borders): Value {
  const { label, context } = call;
  const size = sizeOf(data.each![0]![axis]!);
  const resolve = (entry: Entry): number | undefined => {
    const { value } = entry;
    if (value === undefined || size === undefined) return undefined;
    return Math.min(size, Math.max(0, value < 0 ? value + size : value));
  };
  const [from, to] = [resolve(start), resolve(end)];
  const stops = (entry: Entry, why: string): void => {
    if (entry.literal !== undefined) entry.literal.frozen ??= why;
    for (const each of entry.literal?.axes ?? []) fix(each, why);
    if (entry.axis !== undefined) fix(entry.axis, why);
  };
  if (size === undefined || from === undefined || to === undefined || step !== 1 || from > to) {
    for (const axes of data.each!) fix(axes[axis]!, `${label} picks from it by position`);
    stops(start, `${label} counts with it`);
    stops(end, `${label} counts with it`);
    const axes = axesOf(data, label)!;
    const length =
      step === -1 && size !== undefined && start.value === -1 && (end.value ?? 0) < -size
        ? size
        : undefined;
    const kept = axes.map((each, i) =>
      i === axis ? fixedAxis(length, `${label} gives it`) : each,
    );
    return newValue(data.name, kept, { ...historyOf(data), state: false });
  }
  if (data.along === axis) {
    stops(start, `${label} counts with it`);
    stops(end, `${label} counts with it`);
    const each = data.each!.slice(from, to);
    if (each.length > 0) {
      const resized = each.map((axes) =>
        axes.map((one, i) => (i === axis ? fixedAxis(each.length, label) : one)),
      );
      return stacked(data.name, axis, resized, historyOf(data));
    }
  }
  const whole = from === 0 && to === size;
  const each = data.each!.map((axes) => {
    const own = axes[axis]!;
    const piece = whole ? own : cut(own, from, to, label);
    // A border beyond the axis means its end, whatever its length.
    for (const [entry, border] of [
      [start, from],
      [end, to],
    ] as const) {
      const { value } = entry;
      if (value === 0 || (value! >= size && value! > 2 ** 31 - 2) || value! < -size) continue;
      const part = value! < 0 ? cut(own, border, size, label) : cut(own, 0, border, label);
      if (value! > size) fix(own, `${label} ends beyond it`);
      measure(entry, part, context.ties, label, value! < 0);
    }
    return axes.map((one, i) => (i === axis ? piece : one));
  });
  const more = historyOf(data);
  return data.along === undefined
    ? newValue(data.name, each[0], more)
    : stacked(data.name, data.along, each, more);
}

/** Pieces of an axis, one after the other. */
export const split: Rule = (call) => {
  const { label, node, context } = call;
  const [data, list] = call.inputs;
  if (data?.each === undefined) return undefined;
  const axis = axisAt(intOf(node, 'axis', 0), data.each[0]!.length);
  const size = axis === undefined ? undefined : sizeOf(data.each[0]![axis]!);
  if (axis === undefined || size === undefined) return undefined;
  const count = node.output.length;
  const attribute = attributeOf(node, 'split');
  const literals = attribute === undefined ? undefined : intsLiterals(attribute);
  if (literals !== undefined) context.literals.push(...literals);
  const given: readonly Entry[] | undefined =
    literals?.map((literal) => ({ value: literal.value, literal })) ?? entriesOf(list);
  if (list !== undefined && given === undefined) return undefined;
  const even = Math.ceil(size / count);
  const sizes =
    given?.map(({ value }) => value) ??
    Array.from({ length: count }, (_, i) => Math.min(even, size - i * even));
  if (sizes.length !== count || sizes.some((each) => each === undefined || each < 0))
    return undefined;
  if ((sizes as number[]).reduce((sum, each) => sum + each, 0) !== size) return undefined;
  let start = 0;
  const pieces = (sizes as number[]).map((length, i) => {
    const border = { start: { value: start }, end: { value: start + length }, step: 1 };
    start += length;
    const piece = cutPiece(call, data, axis, border);
    for (const axes of piece.each!)
      if (piece.along !== axis)
        measure(given?.[i] ?? { value: undefined }, axes[axis]!, context.ties, label);
    return { ...piece, name: node.output[i]! };
  });
  if (data.along === axis) freeze(list, `${label} splits by it`);
  if (given === undefined && data.along !== axis) {
    // It gives pieces of one size, so they must keep one.
    for (const piece of pieces.slice(1)) {
      piece.each!.forEach((axes, i) =>
        context.ties.push({ pair: [pieces[0]!.each![i]![axis]!, axes[axis]!], user: label }),
      );
    }
  }
  return pieces;
};

/** A piece whose borders stand nowhere. */
function cutPiece(call: Call, data: Value, axis: number, { start, end }: Borders): Value {
  const [from, to] = [start.value!, end.value!];
  if (data.along === axis && from < to) {
    const each = data
      .each!.slice(from, to)
      .map((axes) => axes.map((one, i) => (i === axis ? fixedAxis(to - from, call.label) : one)));
    return stacked(data.name, axis, each, historyOf(data));
  }
  const each = data.each!.map((axes) =>
    axes.map((one, i) => (i === axis ? cut(one, from, to, call.label) : one)),
  );
  const more = historyOf(data);
  return data.along === undefined
    ? newValue(data.name, each[0], more)
    : stacked(data.name, data.along, each, more);
}
