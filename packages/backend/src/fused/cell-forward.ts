import { blockOrder, cellGradient, type Cell, savedBy } from '@secateur/kernels';
import { biasesOf } from './cell-biases.ts';
import { columnsOf, divider, recurrentLevels, type Columns } from './cell-blocks.ts';
import { cellDepth, type CellInputs } from './cell-kernel.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import { setter, stagePlans, type StagePlan } from './cell-plan.ts';
import {
  constantLeaves,
  spread,
  valueOf,
  type CellAttributes,
  type NodeValues,
} from './cell-values.ts';

/** What a cell returns, step by step: the rows of the first step come first. */
export interface CellResult<M> {
  /** Outputs of every step, `[time * batch, units]`. */
  readonly y: M;
  /** By name, the states after the last step, `[batch, units]`. */
  readonly states: Readonly<Record<string, M>>;
  /** What `savedBy` of `@secateur/kernels` lists, for each repetition, `[time * batch, depth * activations * units]`. */
  readonly activations: M;
  /** The states that it lists, `[time * batch, depth * states * units]`. */
  readonly saved: M;
}

/**
 * A cell over whole sequences: one product for the inputs of all steps, then for each step, stage by stage, a product of what its
 * blocks read, and the equations. Inputs are matrices, `x` is `[time * batch, input]`, and vectors are rows.
 *
 * @example
 * ```ts
 * import { cellForward, type CellOperations } from '@secateur/backend/kernels';
 * import { simpleRnnReluCell } from '@secateur/kernels';
 *
 * // The operations that this cell needs, on matrices of one row and one column.
 * const matrix = (value: number) => ({ shape: [1, 1], value });
 * type One = ReturnType<typeof matrix>;
 * const operations: Partial<CellOperations<One>> = {
 *   add: (a, b) => matrix(a.value + b.value),
 *   relu: (x) => matrix(Math.max(0, x.value)),
 *   rowAdder: (row) => (to) => matrix(to.value + row.value),
 *   multiplier: (by) => (x) => matrix(x.value * by.value),
 *   rowBlocks: (x) => [x],
 *   fill: (_, value) => matrix(value),
 *   join: ([first]) => first!,
 *   scope: (body) => body(),
 * };
 * const weights = { kernel: matrix(2), recurrent: matrix(3), bias: matrix(4) };
 * const inputs = { x: matrix(1), weights, states: { h: matrix(10) }, masks: {} };
 * // 1 * 2 + 10 * 3 + 4
 * cellForward(operations as CellOperations<One>, simpleRnnReluCell, inputs, {}).y.value; // => 36
 * ```
 */
export function cellForward<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  inputs: CellInputs<M>,
  attributes: CellAttributes,
): CellResult<M> {
  const [batch, units] = inputs.states[cell.output]!.shape as [number, number];
  const rows = inputs.x.shape[0]!;
  const keeps = savedBy(cell, cellGradient(cell), attributes.order);
  // Without units there is nothing to compute, and some stock kernels fail on nothing.
  if (units === 0) {
    const empty = ops.fill([rows, 0], 0);
    return { y: empty, states: inputs.states, activations: empty, saved: empty };
  }
  const { nodes } = cell;
  const time = rows / batch;
  const levels = levelsOf(ops, cell, inputs, attributes, time, units);
  const constants = constantLeaves(ops, nodes, cell, inputs, attributes);
  const leafOf = (name: string): number =>
    nodes.findIndex((node) => node.op === 'state' && node.name === name);
  const leaves = cell.states.map(leafOf);
  const after = cell.states.map((name) => cell.next[name]!);
  const saves = keeps.states.map((name) => cell.states.indexOf(name));
  const output = cell.states.indexOf(cell.output);
  const shape = [batch, units];
  const side = (parts: readonly M[]): readonly M[] =>
    parts.length > 1 ? [ops.join(parts, 1)] : parts;
  let states: readonly M[] = cell.states.map((name) => inputs.states[name]!);
  const outputs: M[] = [];
  const activations: M[] = [];
  const saved: M[] = [];
  for (let t = 0; t < time; t++) {
    // A scope for each step returns its memory while it is still in the cache.
    const step = ops.scope(() => {
      const kept: M[] = [];
      const left: M[] = [];
      let current = states;
      for (const stages of levels) {
        const values = constants.slice();
        const of = (at: number): M => valueOf(ops, nodes, values, at);
        leaves.forEach((at, k) => at >= 0 && (values[at] = current[k]));
        for (const stage of stages) stage(values, of, t);
        current = after.map((at) => spread(ops, of(at), shape));
        for (const at of keeps.activations) kept.push(of(at));
        for (const k of saves) left.push(current[k]!);
      }
      return [current, side(kept), side(left)];
    });
    states = step[0]!;
    outputs.push(states[output]!);
    activations.push(...step[1]!);
    saved.push(...step[2]!);
  }
  const all = (parts: readonly M[]): M =>
    parts.length === 0 ? ops.fill([rows, 0], 0) : ops.join(parts, 0);
  const last = cell.states.map((name, k) => [name, states[k]!] as const);
  return {
    y: all(outputs),
    states: Object.fromEntries(last),
    activations: all(activations),
    saved: all(saved),
  };
}

/** Computes at a step what the blocks of a stage get. */
type StageAt<M> = (values: NodeValues<M>, of: (at: number) => M, t: number) => void;

/** The stages of each repetition, with their weights and the input's part of all steps. */
function levelsOf<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  inputs: CellInputs<M>,
  attributes: CellAttributes,
  time: number,
  units: number,
): StageAt<M>[][] {
  const { kernel } = inputs.weights as Partial<CellInputs<M>['weights']>;
  const depth = cellDepth(cell, inputs.weights);
  const biases = biasesOf(ops, cell, inputs, attributes, units, depth);
  const { input: order } = blockOrder(cell, attributes.order);
  const added = biases.input === undefined ? same : ops.rowAdder(biases.input);
  const projected = kernel && { order, all: added(ops.multiplier(kernel)(inputs.x)) };
  /** The input's part of some blocks at each step; there is none after the first repetition. */
  const stepsOf = (blocks: string, level: number): readonly M[] | undefined =>
    projected === undefined || level > 0 || blocks === ''
      ? undefined
      : ops.rowBlocks(columnsOf(ops, projected, blocks).all, time);
  const shape = [inputs.x.shape[0]! / time, units];
  const plans = stagePlans(cell, attributes.order, ops.separatesParts);
  return recurrentLevels(ops, cell, inputs, attributes, depth).map((weights, level) =>
    plans.map(({ products, inputs }): StageAt<M> => {
      const groups = products.map((plan) => {
        const matrix = columnsOf(ops, weights, plan.order).all;
        const input = stepsOf(plan.whole, level);
        return [plan.read, sumsOf(ops, plan, matrix, biases.recurrent[level], input)] as const;
      });
      const parts = inputs.map(([name, at]) => {
        const steps = stepsOf(name, level);
        const none = steps === undefined ? ops.fill(shape, 0) : undefined;
        return (values: NodeValues<M>, t: number) => (values[at] = steps?.[t] ?? none);
      });
      return (values, of, t) => {
        for (const [read, set] of groups) set(spread(ops, of(read), shape), values, t);
        for (const set of parts) set(values, t);
      };
    }),
  );
}

const same = <T>(x: T): T => x;

/** Prepares what the blocks of a product get at a step, from what it reads. */
function sumsOf<M extends Matrix>(
  ops: CellOperations<M>,
  { order, whole, parts, joined, bare, recurrent }: StagePlan['products'][number],
  all: M,
  biases: Columns<M> | undefined,
  input: readonly M[] | undefined,
): (read: M, values: NodeValues<M>, t: number) => void {
  const units = all.shape[1]! / order.length;
  const multiply = ops.multiplier(all);
  const bias = biases && columnsOf(ops, biases, order);
  const add = bias === undefined || bias.order === '' ? same : ops.rowAdder(bias.all);
  const divide = divider(ops, order, whole, units);
  const setRecurrent = setter(ops, parts, recurrent, units);
  const setJoined = joined.map(({ op, nodes }) => [op, setter(ops, whole, nodes, units)] as const);
  const setBare = setter(ops, whole, bare, units);
  return (read, values, t) => {
    const product = multiply(read);
    // Blocks that are taken whole may have their bias in the input's part.
    const early = bias?.order === order;
    const [recurrent, apart] = divide(early ? add(product) : product);
    if (parts !== '') setRecurrent(early ? apart : add(apart), values);
    if (whole === '') return;
    const sums = input === undefined ? recurrent : ops.add(input[t]!, recurrent);
    for (const [op, set] of setJoined) set(ops[op](sums), values);
    setBare(sums, values);
  };
}
