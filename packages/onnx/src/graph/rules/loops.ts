import type { GraphProto, ValueInfoProto } from 'onnx-buf';
import { isFloatType } from '../../file/floats.ts';
import { shapeOf } from '../../file/tensor.ts';
import { attributeOf, intOf, intsOf } from '../attributes.ts';
import type { Call, Rule } from '../context.ts';
import {
  agreeAsState,
  fix,
  fixedAxis,
  isFixed,
  newAxis,
  sizeOf,
  unify,
  type Axis,
} from '../span.ts';
import { axesOf, fixValue, newValue, opaque, type Value } from '../value.ts';

/** How a node runs the graph inside of it. */
interface Rounds {
  /** Values before the first round; what a round gives, the next one takes. */
  readonly carried: readonly (Value | undefined)[];
  /** Inputs of the graph before the carried ones: the number of the round and the condition of a Loop. */
  readonly counters: 0 | 2;
  /** What each round takes a part of. */
  readonly slices: readonly ((name: string) => Value)[];
  /** Where what is collected of all rounds has its axis of rounds, and how long that is. */
  readonly collected: (output: number) => { readonly at: number; readonly length: Axis };
}

/** Loop: how often, whether at all, and the carried values. */
export const loop: Rule = (call) => {
  const [count, condition, ...carried] = call.inputs;
  for (const input of [count, condition]) fixValue(input, `${call.label} counts with it`);
  const length = fixedAxis(undefined, `${call.label} collects its rounds`);
  return follow(call, { carried, counters: 2, slices: [], collected: () => ({ at: 0, length }) });
};

/** Scan: the carried values, then what it moves along. */
export const scan: Rule = (call) => {
  const { node, label, inputs, context } = call;
  const count = intOf(node, 'num_scan_inputs', 0);
  // Before version 9 it had an axis of batches of its own.
  if (context.opset < 9 || count < 1 || count > inputs.length) return undefined;
  const border = inputs.length - count;
  const lengths: Axis[] = [];
  const slices = inputs.slice(border).map((value, k) => (name: string) => {
    const axes = value && axesOf(value, label);
    const at = placeOf(intsOf(node, 'scan_input_axes')?.[k], axes?.length ?? 0);
    const along = axes?.[at];
    if (axes === undefined || along === undefined) {
      fixValue(value, `${label} moves along it`);
      return opaque(name, undefined, label);
    }
    fix(along, `${label} moves along it`);
    lengths.push(along);
    return newValue(name, axes.toSpliced(at, 1));
  });
  return follow(call, {
    ...{ carried: inputs.slice(0, border), counters: 0, slices },
    collected: (output) => ({
      at: intsOf(node, 'scan_output_axes')?.[output] ?? 0,
      length: lengths[0] ?? fixedAxis(undefined, label),
    }),
  });
};

/** A place that may count from the end. */
const placeOf = (at = 0, rank: number): number => (at < 0 ? at + rank : at);

/** Lines up what goes into a round with what came out of the one before, so that the units of states are one dimension. */
function follow(call: Call, { carried, counters, slices, collected }: Rounds): Value[] | undefined {
  const { node, label, context } = call;
  const graph = attributeOf(node, 'body')?.g;
  const answers = counters === 0 ? 0 : 1;
  const inputs = graph?.input.slice(counters, counters + carried.length);
  if (
    graph?.input.length !== counters + carried.length + slices.length ||
    graph.output.length < answers + carried.length ||
    carried.includes(undefined)
  ) {
    return undefined;
  }
  const inside = (carried as readonly Value[]).map((first, i) => {
    const input = inputs![i]!;
    const same = passes(graph, input.name, graph.output[answers + i]!.name);
    return { same, value: same ? { ...first, name: input.name } : carry(call, first, input) };
  });
  const before = context.values.length;
  const given = call.body('body', (names) => [
    ...names.slice(0, counters).map((name) => newValue(name, [])),
    ...inside.map(({ value }) => value),
    ...slices.map((slice, k) => slice(names[counters + carried.length + k]!)),
  ])!;
  if (answers === 1) fixValue(given[0], `${label} asks it whether to go on`);
  const fits = inside.every(
    ({ value, same }, i) => same || agree(value, given[answers + i]!, label),
  );
  if (!fits) {
    const reason = `${label} has it in another shape in its next round`;
    for (const value of [...carried, ...given, ...context.values.slice(before)])
      fixValue(value, reason);
    context.strangers.push(
      `${label} keeps its widths: what goes from one of its rounds to the next changes its shape`,
    );
  }
  return node.output.map((name, i) => {
    const own = inside[i];
    if (own !== undefined) return { ...own.value, name };
    const value = given[answers + i];
    const axes = value && axesOf(value, label);
    if (axes === undefined) {
      fixValue(value, `${label} collects it`);
      return opaque(name, undefined, `${label} gives it`);
    }
    const { at, length } = collected(i - carried.length);
    return newValue(name, axes.toSpliced(placeOf(at, axes.length + 1), 0, length));
  });
}

/** Whether a graph gives an input as it is, as it does with the weights that it needs in every round. */
function passes({ node: nodes }: GraphProto, input: string, output: string): boolean {
  const moved = nodes.find((node) => node.output.includes(output));
  if (output === input || moved?.opType !== 'Identity') return output === input;
  return moved.input[0] === input;
}

/** A value as a round takes it: of the size that it has before the first, and with positions of its own. */
function carry({ label, name, node, context }: Call, first: Value, input: ValueInfoProto): Value {
  const axes = axesOf(first, label);
  if (axes === undefined) return opaque(input.name, undefined, label);
  const outside = first.origins.flatMap(({ input }) => input ?? []);
  for (const each of outside) context.foundStates.add(each);
  const declared = shapeOf(input.type);
  const own = axes.map((axis, i): Axis => {
    const size = sizeOf(axis) ?? declared?.[i];
    if (isFixed(axis) || size === undefined) return axis;
    const fresh = newAxis(name, size, 2);
    agreeAsState(axis, fresh, label);
    return fresh;
  });
  const type = input.type?.value.case === 'tensorType' ? input.type.value.value.elemType : 0;
  const units = own.at(-1);
  if (units !== undefined && isFloatType(type)) {
    context.recurrent.push({ label, node, units: [units], zeros: [] });
  }
  const state = outside.some((each) => context.stateInputs.has(each));
  return newValue(input.name, own, { state });
}

/** States that a round gives what the next one takes; says whether that can be. */
function agree(taken: Value, given: Value, label: string): boolean {
  const [left, right] = [axesOf(taken, label), axesOf(given, label)];
  if (left === undefined || left.length !== right?.length) return false;
  left.forEach((axis, i) => {
    unify(axis, right[i]!, label);
  });
  return true;
}
