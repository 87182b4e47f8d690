import { attributeOf, intLiteral, intOf, textOf } from '../attributes.ts';
import {
  agreeAsState,
  fix,
  fixedAxis,
  isFixed,
  newAxis,
  repeat,
  runs,
  sizeOf,
  unify,
  type Axis,
} from '../span.ts';
import { caseOfRank } from '../cases.ts';
import type { Call, Rule } from '../context.ts';
import { axesOf, eachOf, mark, read, stacked, type Value } from '../value.ts';

/** Blocks of gates in the weights of each kind of layer. */
const gateCounts: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3, RNN: 1 };

/** LSTM, GRU and RNN: inputs X, W, R, B, sequence_lens, initial_h, and for an LSTM initial_c and P. */
export const recurrent: Rule = (call) => {
  const { node, label, name, context } = call;
  const [, w, r, b, lengths, , , p] = call.inputs;
  const [x, h0, c0] = [0, 5, 6].map((at) => caseOfRank(call.inputs[at], 3));
  const gates = gateCounts[node.opType]!;
  const both = textOf(node, 'direction', 'forward') === 'bidirectional';
  const directions = both ? 2 : 1;
  const batchFirst = intOf(node, 'layout', 0) === 1;
  const kernels = w && eachOf(w, 0, directions, label);
  const matrices = r && eachOf(r, 0, directions, label);
  if (kernels?.[0]?.length !== 3 || matrices?.[0]?.length !== 3) return undefined;
  const width = sizeOf(matrices[0][2]!);
  const size = intOf(node, 'hidden_size', width);
  if (size === undefined || size !== width) return undefined;

  const units = Array.from({ length: directions }, (_, d) =>
    newAxis(both ? `${name}/${d === 0 ? 'forward' : 'backward'}` : name, size, 2),
  );
  const lineUp = (each: readonly (readonly Axis[])[], axis: number, times: number): void => {
    each.forEach((axes, d) => unify(axes[axis]!, repeat(units[d]!, times)!, label));
  };
  lineUp(kernels, 1, gates);
  lineUp(matrices, 1, gates);
  lineUp(matrices, 2, 1);
  mark(w!, 1, 'writes');
  mark(r!, 1, 'writes');
  // What is zero in these two is not seen; a weight that is computed may be anything.
  read(r!, 2, label);
  read(w!, 2, label);
  for (const [weight, times] of [
    [b, 2 * gates],
    [p, 3],
  ] as const) {
    if (weight === undefined) continue;
    const each = eachOf(weight, 0, directions, label);
    if (each?.[0]?.length === 2) lineUp(each, 1, times);
    else for (const own of units) fix(own, `${label} has a bias of an unknown shape`);
  }
  const [time, batch] = inputAxes(call, x, kernels, batchFirst);
  const zeros = [5, 6].flatMap((at) => {
    const value = call.inputs[at];
    return value?.zero === true ? [{ at, value }] : [];
  });
  const outside = [h0, c0].map((state) => takeState(call, state, units, batchFirst, batch));
  const lengthAxes = lengths && axesOf(lengths, label);
  if (lengthAxes?.length === 1) unify(lengthAxes[0]!, batch, label);

  const hidden = attributeOf(node, 'hidden_size');
  if (hidden !== undefined) {
    const literal = intLiteral(hidden);
    literal.axes.push(...units);
    context.literals.push(literal);
  }
  if (both) context.ties.push({ pair: [units[0]!, units[1]!], user: label });
  context.recurrent.push({ label, node, units, zeros });
  const direction = fixedAxis(directions, `${label} has one for each direction`);
  const all = units.map((own) =>
    batchFirst ? [batch, time, direction, own] : [time, direction, batch, own],
  );
  const last = units.map((own) => (batchFirst ? [batch, direction, own] : [direction, batch, own]));
  const state = outside.includes(true);
  return node.output.map((output, i) =>
    i === 0
      ? stacked(output, batchFirst ? 2 : 1, all)
      : stacked(output, batchFirst ? 1 : 0, last, { state }),
  );
};

/** Lines the input's features up with the weights; gives the axes of steps and of the batch. */
function inputAxes(
  { label }: Call,
  x: Value | undefined,
  kernels: readonly (readonly Axis[])[],
  batchFirst: boolean,
): [time: Axis, batch: Axis] {
  const axes = x && axesOf(x, label);
  if (axes?.length !== 3) {
    for (const kernel of kernels) fix(kernel[2]!, `${label} has an input of an unknown shape`);
    return [fixedAxis(undefined, label), fixedAxis(undefined, label)];
  }
  for (const kernel of kernels) unify(axes[2]!, kernel[2]!, label);
  const [time, batch] = batchFirst ? [axes[1]!, axes[0]!] : [axes[0]!, axes[1]!];
  fix(time, `${label} moves along it`);
  return [time, batch];
}

/** Agrees with a first state; says whether it comes from outside and may change its size. */
function takeState(
  { label, context }: Call,
  state: Value | undefined,
  units: readonly Axis[],
  batchFirst: boolean,
  batch: Axis,
): boolean {
  // Zeros of any size are as good as none, so that what makes them ties no sizes together.
  if (state === undefined) return false;
  if (state.zero === true) {
    for (const run of (state.each ?? []).flatMap((axes) => axes.flatMap(runs))) {
      if (run.kind === 'plain') run.fixed ??= `${label} takes zeros of this size`;
    }
    return false;
  }
  const inputs = state.origins.flatMap(({ input }) => input ?? []);
  for (const input of inputs) context.foundStates.add(input);
  const each = eachOf(state, batchFirst ? 1 : 0, units.length, label);
  if (each?.[0]?.length !== 3) {
    for (const own of units) fix(own, `${label} has a first state of an unknown shape`);
    return false;
  }
  each.forEach((axes, d) => {
    agreeAsState(axes[2]!, units[d]!, label);
    const own = axes[batchFirst ? 0 : 1]!;
    if (!isFixed(own) || !isFixed(batch)) unify(own, batch, label);
  });
  return inputs.some((input) => context.stateInputs.has(input));
}
