import { blockOrder, cellGradient, type Cell, savedBy } from '@secateur/kernels';
import { biasesOf } from './cell-biases.ts';
import { columnsOf, divider, recurrentLevels, type Columns } from './cell-blocks.ts';
import { cellDepth, type CellInputs } from './cell-kernel.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import { leavesOf, type Plan, planOf, setter } from './cell-plan.ts';
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
  const { nodes, next } = cell;
  const time = rows / batch;
  const levels = levelsOf(ops, cell, inputs, attributes, time, units);
  const constants = constantLeaves(ops, nodes, cell, inputs, attributes);
  const leaves = cell.states.map(
    (name) => [nodes.findIndex((node) => node.op === 'state' && node.name === name), name] as const,
  );
  const shape = [batch, units];
  const side = (parts: readonly M[]): M[] => (parts.length > 1 ? [ops.join(parts, 1)] : [...parts]);
  let { states } = inputs;
  const outputs: M[] = [];
  const activations: M[] = [];
  const saved: M[] = [];
  for (let t = 0; t < time; t++) {
    // A scope for each step returns its memory while it is still in the cache.
    const step = ops.scope(() => {
      const kept: M[] = [];
      const after: M[] = [];
      let current = states;
      for (const stages of levels) {
        const values = [...constants];
        const of = (at: number): M => valueOf(ops, nodes, values, at);
        for (const [at, name] of leaves) if (at >= 0) values[at] = current[name];
        for (const stage of stages) stage(values, of, t);
        current = eachOf(next, (at) => spread(ops, of(at), shape));
        for (const at of keeps.activations) kept.push(of(at));
        for (const name of keeps.states) after.push(current[name]!);
      }
      return [cell.states.map((name) => current[name]!), side(kept), side(after)];
    });
    states = Object.fromEntries(cell.states.map((name, k) => [name, step[0]![k]!]));
    outputs.push(states[cell.output]!);
    activations.push(...step[1]!);
    saved.push(...step[2]!);
  }
  const all = (parts: readonly M[]): M =>
    parts.length === 0 ? ops.fill([rows, 0], 0) : ops.join(parts, 0);
  return { y: all(outputs), states, activations: all(activations), saved: all(saved) };
}

/** Each value of an object as another. */
export function eachOf<A, B>(
  values: Readonly<Record<string, A>>,
  to: (value: A) => B,
): Record<string, B> {
  const made: Record<string, B> = {};
  for (const name in values) made[name] = to(values[name]!);
  return made;
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
  const none = ops.fill([inputs.x.shape[0]! / time, units], 0);
  return recurrentLevels(ops, cell, inputs, attributes, depth).map((weights, level) =>
    cell.stages.map(({ products, blocks }): StageAt<M> => {
      const groups = products.map(({ read, blocks: own }) => {
        const matrix = columnsOf(ops, weights, own);
        const plan = planOf(cell, matrix.order);
        const input = stepsOf(plan.whole, level);
        return [read, sumsOf(ops, plan, matrix, biases.recurrent[level], input)] as const;
      });
      const parts = leavesOf(cell, 'input', blocks).map(
        ([name, at]) => [at, stepsOf(name, level)] as const,
      );
      return (values, of, t) => {
        for (const [read, set] of groups) set(spread(ops, of(read), none.shape), values, t);
        for (const [at, steps] of parts) values[at] = steps?.[t] ?? none;
      };
    }),
  );
}

const same = <T>(x: T): T => x;

/** Prepares what the blocks of a product get at a step, from what it reads. */
function sumsOf<M extends Matrix>(
  ops: CellOperations<M>,
  { whole, parts, joined, bare, recurrent }: Plan,
  { order, all }: Columns<M>,
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
    const made = multiply(read);
    // Blocks that are taken whole may have their bias in the input's part.
    const early = bias?.order === order;
    const [own, apart] = divide(early ? add(made) : made);
    if (parts !== '') setRecurrent(early ? apart : add(apart), values);
    if (whole === '') return;
    const sums = input === undefined ? own : ops.add(input[t]!, own);
    for (const [op, set] of setJoined) set(ops[op](sums), values);
    setBare(sums, values);
  };
}
