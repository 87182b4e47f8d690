import { intOf } from '../attributes.ts';
import { fixedAxis, isFixed, sizeOf, unify, type Axis } from '../span.ts';
import type { Rule } from '../context.ts';
import { axesOf, freeze, MOST_STACKED, newValue, stacked, type Value } from '../value.ts';
import { axisAt } from './normalize.ts';

/** Joins values along an axis, and lines up the others. */
export const concat: Rule = (call) => {
  const { label, node } = call;
  const inputs = call.inputs.filter((input) => input !== undefined);
  const [first] = inputs;
  if (first?.each === undefined || inputs.some(({ each }) => each === undefined)) return undefined;
  const name = node.output[0] ?? '';
  const rank = first.each[0]!.length;
  const axis = axisAt(intOf(node, 'axis', 1), rank);
  if (axis === undefined || inputs.some(({ each }) => each![0]!.length !== rank)) return undefined;
  const lists = inputs.map(({ entries }) => entries);
  const count = lists.reduce((sum, list) => sum + (list?.length ?? Infinity), 0);
  const entries = count <= MOST_STACKED && rank === 1 ? lists.flatMap((list) => list!) : undefined;
  // Of more numbers than are followed none may change.
  if (entries === undefined)
    for (const input of inputs) freeze(input, `${label} joins it with others`);
  const traced = inputs.every(({ origins }) => origins.length > 0);
  const origins = traced ? inputs.flatMap((input) => input.origins) : [];
  const state = inputs.every((input) => input.state === true);
  const zero = inputs.every((input) => input.zero === true);
  const sizes = inputs.map((input) =>
    input.along === axis ? input.each!.length : sizeOf(input.each![0]![axis]!),
  );
  const apart = inputs.every(
    (input) =>
      input.along === axis || (input.along === undefined && isFixed(input.each![0]![axis]!)),
  );
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? Infinity), 0);
  if (rank > 1 && inputs.length > 1 && apart && total <= MOST_STACKED && !allFixed(inputs)) {
    const each = inputs.flatMap((input, k) =>
      input.along === axis ? input.each! : Array.from({ length: sizes[k]! }, () => input.each![0]!),
    );
    if (each.length > 0) {
      const resized = each.map((axes) =>
        axes.map((one, i) => (i === axis ? fixedAxis(total, label) : one)),
      );
      return [stacked(name, axis, resized, { origins, state, zero })];
    }
  }
  const all = inputs.map((input) => axesOf(input, label)!);
  const out = all[0]!.map((one, i): Axis => {
    if (i === axis) return all.flatMap((axes) => axes[i]!);
    for (const axes of all.slice(1)) unify(one, axes[i]!, label);
    return one;
  });
  return [newValue(name, out, { origins, entries, zero })];
};

function allFixed(inputs: readonly Value[]): boolean {
  return inputs.every(({ each }) => each!.every((axes) => axes.every(isFixed)));
}
