// Whole sequences in float64, in plain loops: what every kernel of a cell is compared with.
import type { Cell, Node } from '../cell/cell.ts';
import type { CellGradient } from '../cell/gradient.ts';
import { checkInputs, type CellInputs } from './inputs.ts';
import { productsOf, type Products } from './products.ts';
import { valuesOf, type Values } from './values.ts';

/** What a cell computes over whole sequences. */
export interface CellOutputs {
  /** The output of every step, `[batch, time, units]`. */
  readonly y: Float64Array;
  /** By name, the states after the last step, `[batch, units]`. */
  readonly states: Readonly<Record<string, Float64Array>>;
}

/** By name, the states of one sequence, `[units]`. */
export type States = Readonly<Record<string, Float64Array>>;

/** One repetition of one step of one sequence, as the way back needs it. */
export interface Step {
  /** The step. */
  readonly t: number;
  /** The repetition. */
  readonly level: number;
  /** Whether it is the last repetition of its step. */
  readonly last: boolean;
  /** The states before it. */
  readonly before: States;
  /** The states after it. */
  readonly after: States;
  /** The values of the nodes that are kept, in their order. */
  readonly kept: readonly Float64Array[];
}

/**
 * Computes a cell over whole sequences in float64.
 *
 * @throws {@link KernelError} when an array is missing or has another length than its shape, when the cell does not know a name, and
 * for a setting that is no finite number.
 *
 * @example
 * ```ts
 * import { cellReference, simpleRnnReluCell } from '@secateur/kernels';
 *
 * const { y, states } = cellReference(simpleRnnReluCell, {
 *   ...{ batch: 2, time: 2, input: 1, units: 1, x: [1, 2, 3, 4] },
 *   weights: { kernel: [1], recurrent: [0.5] },
 *   states: { h: [0, 2] },
 * });
 * y; // => [1, 2.5, 4, 6]
 * states['h']; // => [2.5, 6]
 * ```
 */
export function cellReference(cell: Cell, inputs: CellInputs): CellOutputs {
  checkInputs('cellReference', cell, inputs);
  const { batch, time, units } = inputs;
  const products = productsOf(cell, inputs);
  const y = new Float64Array(batch * time * units);
  const states = Object.fromEntries(
    cell.states.map((name) => [name, new Float64Array(batch * units)]),
  );
  for (let b = 0; b < batch; b++) {
    const steps = runSequence(cell, inputs, products, b);
    for (const { t, last, after } of steps) {
      if (last) y.set(after[cell.output]!, (b * time + t) * units);
    }
    const end = steps.at(-1)?.after ?? statesOf(cell, inputs.states, b, units);
    for (const name of cell.states) states[name]!.set(end[name]!, b * units);
  }
  return { y, states };
}

/** Runs one sequence; `kept` are the nodes whose values the steps hold. */
export function runSequence(
  cell: Cell,
  inputs: CellInputs,
  products: Products,
  b: number,
  kept: CellGradient['kept'] = [],
): Step[] {
  const { time, units, depth = 1 } = inputs;
  const steps: Step[] = [];
  let before = statesOf(cell, inputs.states, b, units);
  for (let at = 0; at < time * depth; at++) {
    const [t, level] = [Math.floor(at / depth), at % depth];
    const values = valuesOf(cell.nodes, leavesOf(cell, inputs, b, before));
    values.evaluate(cell.start);
    for (const stage of cell.stages) {
      const reads = new Map<string, number>();
      for (const { blocks, read } of stage.products)
        for (const name of blocks) reads.set(name, read);
      for (const name of stage.blocks) {
        const readNode = reads.get(name);
        const read = readNode === undefined ? undefined : values.of(readNode);
        setSums(
          cell,
          inputs,
          products,
          name,
          { t, level, read, x: inputRow(inputs, b, t) },
          values,
        );
      }
      values.evaluate(stage.nodes);
    }
    const after = Object.fromEntries(
      cell.states.map((name) => [name, values.of(cell.next[name]!)]),
    );
    const held = kept.map(({ node }) => values.of(node));
    steps.push({ t, level, last: level === depth - 1, before, after, kept: held });
    before = after;
  }
  return steps;
}

/** The leaves that are known before a step. */
export function leavesOf(
  cell: Cell,
  { units, weights, masks, settings }: CellInputs,
  b: number,
  before: States,
): (node: Node) => Float64Array {
  const all = (value: number): Float64Array => new Float64Array(units).fill(value);
  return ({ op, name = '', value = 0 }) => {
    if (op === 'constant') return all(value);
    if (op === 'state') return before[name]!;
    if (op === 'mask') return row(masks?.[name], b, units, 1);
    if (op === 'parameter') return new Float64Array(weights[name]!);
    return all(settings?.[name] ?? cell.settings[name]!);
  };
}

/** By name, the states of sequence `b`; zeros where they are left out. */
export function statesOf(
  cell: Cell,
  states: CellInputs['states'],
  b: number,
  units: number,
): Record<string, Float64Array> {
  return Object.fromEntries(cell.states.map((name) => [name, row(states?.[name], b, units, 0)]));
}

/** Row `at` of a matrix, or a row of one value where there is no matrix. */
export function row(
  values: ArrayLike<number> | undefined,
  at: number,
  units: number,
  otherwise: number,
): Float64Array {
  const out = new Float64Array(units).fill(otherwise);
  if (values !== undefined) for (let j = 0; j < units; j++) out[j] = values[at * units + j]!;
  return out;
}

/** The inputs of one step. */
export const inputRow = ({ x, time, input }: CellInputs, b: number, t: number): Float64Array =>
  row(x, b * time + t, input, 0);

/** Computes the sum of a block, or its two parts: `(x K + b) + (read R + b) + shift`. */
function setSums(
  cell: Cell,
  { settings, units }: CellInputs,
  products: Products,
  name: string,
  at: { t: number; level: number; read: Float64Array | undefined; x: Float64Array },
  values: Values,
): void {
  const block = cell.blocks.find((each) => each.name === name)!;
  const { shift = 0 } = block;
  const none = new Float64Array(units);
  const fromInput = block.input && at.level === 0 ? products.sum('input', name, 0, at.x) : none;
  const fromRecurrent =
    at.read === undefined ? none : products.sum('recurrent', name, at.level, at.read);
  const added = typeof shift === 'number' ? shift : (settings?.[shift] ?? cell.settings[shift]!);
  const whole = fromInput.map((value, j) => value + fromRecurrent[j]! + added);
  cell.nodes.forEach((node, place) => {
    if (node.name !== name) return;
    if (node.op === 'gate') values.set(place, whole);
    if (node.op === 'input') values.set(place, fromInput);
    if (node.op === 'recurrent') values.set(place, fromRecurrent);
  });
}
