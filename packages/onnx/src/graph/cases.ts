import type { Call, Rule } from './context.ts';
import { fix, fixedAxis, isFixed, newAxis, sameRuns, sizeOf, unify, type Axis } from './span.ts';
import { axesOf, fixValue, freeze, newValue, stacked, type Entry, type Value } from './value.ts';

/** More shapes than this are not followed for one value. */
const MOST_CASES = 8;

/** What either of two graphs gives under one name. */
export function either(name: string, one: Value, other: Value, label: string): Value {
  const ranks = [rankOf(one), rankOf(other)];
  if (ranks[0] !== undefined && ranks[0] === ranks[1]) return ofOneRank(name, one, other, label);
  const cases = [one, other].flatMap((value) => value.cases ?? (value.each ? [value] : []));
  const complete = [one, other].every(({ cases: own, each }) => own ?? each);
  if (!complete) {
    fixValue(one, `${label} gives it, or another of an unknown shape`);
    fixValue(other, `${label} gives it, or another of an unknown shape`);
    return newValue(name, undefined);
  }
  // Which of them it is follows from how it is used.
  const byRank = new Map<number, Value>();
  for (const each of cases) {
    const rank = rankOf(each)!;
    const found = byRank.get(rank);
    byRank.set(rank, found === undefined ? each : ofOneRank(name, found, each, label));
  }
  return { ...newValue(name, undefined), cases: [...byRank.values()] };
}

function rankOf({ each }: Value): number | undefined {
  return each?.[0]?.length;
}

function ofOneRank(name: string, one: Value, other: Value, label: string): Value {
  const state = one.state === true && other.state === true;
  const { along } = one;
  const alike =
    along !== undefined && along === other.along && one.each!.length === other.each!.length;
  const lists = (value: Value): readonly (readonly Axis[])[] =>
    alike ? value.each! : [axesOf(value, label)!];
  const [left, right] = [lists(one), lists(other)];
  const each = left.map((axes, d) =>
    axes.map((axis, i) => joined(axis, right[d]![i]!, state, label)),
  );
  const entries = joinedEntries(one, other, label);
  return alike
    ? stacked(name, along, each, { state })
    : newValue(name, each[0], { state, entries });
}

/** Numbers that are known where both agree. */
function joinedEntries(one: Value, other: Value, label: string): Entry[] | undefined {
  if (one.entries?.length !== other.entries?.length || one.entries === undefined) {
    freeze(one, `${label} gives it, or other numbers`);
    freeze(other, `${label} gives it, or other numbers`);
    return undefined;
  }
  return one.entries.map((entry, i) => {
    const second = other.entries![i]!;
    if (entry.axis && second.axis && sameRuns(entry.axis, second.axis)) return entry;
    freeze({ ...one, entries: [entry, second] }, `${label} gives it, or another number`);
    return { value: entry.value === second.value ? entry.value : undefined };
  });
}

/** One axis of what either graph gives. */
function joined(axis: Axis, other: Axis, state: boolean, label: string): Axis {
  const size = sizeOf(axis);
  const [same, fixed] = [size === sizeOf(other), isFixed(axis) && isFixed(other)];
  if (state && size !== undefined && same && !fixed) {
    // Whoever keeps the state never looks inside, so that each graph can have units of its own.
    const made = newAxis(label, size, 0, 'state');
    made[0]!.links.push(axis, other);
    return made;
  }
  if (!same) {
    for (const each of [axis, other]) fix(each, `${label} gives it, or another size`);
    return fixedAxis(undefined, `${label} gives it`);
  }
  unify(axis, other, label);
  return axis;
}

/** The shape with so many axes, where a value has one of several; with another number of axes the node could not run. */
export function caseOfRank(value: Value | undefined, rank: number): Value | undefined {
  return value?.cases?.find((each) => rankOf(each) === rank) ?? value;
}

/** A rule that is asked once for each shape that its inputs may have; shapes with which the node could not run are left out. */
export function forEachCase(rule: Rule): Rule {
  return (call) => {
    const several = call.inputs.find((input) => input?.cases !== undefined);
    if (several === undefined) return rule(call);
    const results = several.cases!.flatMap((each) => {
      const rank = rankOf(each)!;
      const inputs = call.inputs.map((input) =>
        input === several ? each : caseOfRank(input, rank),
      );
      const outputs = rule({ ...call, inputs });
      return outputs === undefined ? [] : [outputs];
    });
    return results[0]?.map((_, i) =>
      together(
        results.map((outputs) => outputs[i]!),
        call,
      ),
    );
  };
}

function together(values: readonly Value[], { label, node }: Call): Value {
  const [first, ...others] = values;
  // Sizes of a value that may have one of several shapes: numbers of different counts.
  const counts = new Set(values.map(({ entries }) => entries?.length));
  if (counts.size === 1 || counts.has(undefined)) {
    return others.reduce((found, each) => either(node.output[0] ?? '', found, each, label), first!);
  }
  const cases = values.flatMap((value) => value.cases ?? [value]);
  if (cases.length <= MOST_CASES) return { ...newValue(first!.name, undefined), cases };
  for (const value of values) fixValue(value, `${label} may give too many shapes`);
  return newValue(first!.name, undefined);
}
