import { blockOrder, cellGradient, type Cell, type Node, savedBy } from '@secateur/kernels';
import {
  biasesOf,
  blocksOf,
  columnsOf,
  divide,
  inOrder,
  recurrentLevels,
  type Columns,
} from './cell-blocks.ts';
import { cellDepth, type CellInputs } from './cell-kernel.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import {
  constantLeaves,
  spread,
  nodeValues,
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
  const time = rows / batch;
  const levels = levelsOf(ops, cell, inputs, attributes, units);
  const leaf = constantLeaves(ops, cell.nodes, cell, inputs, attributes);
  const shape = [batch, units];
  const none = ops.fill(shape, 0);
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
        const before = current;
        const values = nodeValues(ops, cell.nodes, (node) =>
          node.op === 'state' ? before[node.name!] : leaf(node),
        );
        for (const { groups, inputs } of stages) {
          for (const group of groups) setSums(ops, group, t, values, shape);
          for (const [at, steps] of inputs) values.set(at, steps?.[t] ?? none);
        }
        const next = cell.states.map((name): [string, M] => [
          name,
          spread(ops, values.of(cell.next[name]!), shape),
        ]);
        current = Object.fromEntries(next);
        for (const at of keeps.activations) kept.push(values.of(at));
        for (const name of keeps.states) after.push(current[name]!);
      }
      const side = (parts: M[]): M[] => (parts.length > 1 ? [ops.join(parts, 1)] : parts);
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

/** A stage of a repetition. */
interface StageAt<M> {
  readonly groups: readonly Group<M>[];
  /** The nodes of input parts, with their values at each step; undefined after the first repetition. */
  readonly inputs: readonly (readonly [node: number, steps: readonly M[] | undefined])[];
}

/** A product of a stage. */
interface Group<M> {
  /** The node that it reads. */
  readonly read: number;
  /** Multiplies that with the columns of its blocks. */
  readonly multiply: (by: M) => M;
  /** The blocks, in the order of their columns. */
  readonly order: string;
  readonly bias: M | undefined;
  /** The input's part of those blocks that the equations take whole, at each step. */
  readonly input: Columns<readonly M[]> | undefined;
  readonly plan: Plan;
}

/** What becomes of the sums of blocks that share a product. */
interface Plan {
  /** The blocks that the equations take whole. */
  readonly whole: string;
  /** The nodes of those whose recurrent part they take. */
  readonly recurrent: readonly Leaf[];
  /**
   * Functions of at least two sums, with the node of each block: they are computed over all columns, which is cheaper than over
   * copies of the blocks.
   */
  readonly joined: readonly {
    readonly op: (typeof nonlinear)[number];
    readonly nodes: readonly Leaf[];
  }[];
  /** The sums that are taken otherwise. */
  readonly bare: readonly Leaf[];
}

/** A block and a node. */
type Leaf = readonly [block: string, node: number];

const nonlinear = ['sigmoid', 'tanh', 'relu'] as const;

/** The repetitions of a step, with their weights and the input's part of all steps. */
function levelsOf<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  inputs: CellInputs<M>,
  attributes: CellAttributes,
  units: number,
): StageAt<M>[][] {
  const depth = cellDepth(cell, inputs.weights);
  const biases = biasesOf(ops, cell, inputs, attributes, units, depth);
  const projected = inputProduct(ops, cell, inputs, attributes, biases.input);
  const time = inputs.x.shape[0]! / inputs.states[cell.output]!.shape[0]!;
  const stepsOf = (blocks: string, level: number): Columns<readonly M[]> | undefined => {
    if (projected === undefined || level > 0) return undefined;
    const { order, all } = columnsOf(ops, projected, blocks);
    return order === '' ? undefined : { order, all: ops.rowBlocks(all, time) };
  };
  return recurrentLevels(ops, cell, inputs, attributes, depth).map((weights, level) =>
    cell.stages.map(({ products, blocks }) => ({
      groups: products.map(({ read, blocks }): Group<M> => {
        const bias = biases.recurrent[level];
        const { order, all } = columnsOf(ops, weights, blocks);
        const plan = planOf(cell, order);
        return {
          ...{ read, order, plan, multiply: ops.multiplier(all) },
          bias: bias === undefined ? undefined : columnsOf(ops, bias, blocks).all,
          input: stepsOf(plan.whole, level),
        };
      }),
      inputs: leavesOf(cell, 'input', blocks).map(
        ([name, at]) => [at, stepsOf(name, level)?.all] as const,
      ),
    })),
  );
}

function planOf(cell: Cell, order: string): Plan {
  const whole = leavesOf(cell, 'gate', order);
  const joined = nonlinear.flatMap((op) => {
    const nodes = whole.flatMap(([name, leaf]): Leaf[] => {
      const at = cell.nodes.findIndex((node) => node.op === op && node.args[0] === leaf);
      return at < 0 ? [] : [[name, at]];
    });
    return nodes.length > 1 ? [{ op, nodes }] : [];
  });
  const made = new Set(joined.flatMap(({ nodes }) => nodes.map(([, at]) => at)));
  const bare = whole.filter(
    ([, leaf]) =>
      Object.values(cell.next).includes(leaf) ||
      cell.nodes.some((node, at) => node.args.includes(leaf) && !made.has(at)),
  );
  return {
    whole: whole.map(([name]) => name).join(''),
    recurrent: leavesOf(cell, 'recurrent', order),
    ...{ joined, bare },
  };
}

/** The nodes of this kind that the equations have of some blocks. */
function leavesOf(cell: Cell, op: Node['op'], blocks: string): Leaf[] {
  return [...blocks].flatMap((name): Leaf[] => {
    const at = cell.nodes.findIndex((node) => node.op === op && node.name === name);
    return at < 0 ? [] : [[name, at]];
  });
}

/** The input's part of all blocks at all steps, with its bias. */
function inputProduct<M extends Matrix>(
  ops: CellOperations<M>,
  cell: Cell,
  { x, weights: { kernel } }: CellInputs<M>,
  { order }: CellAttributes,
  bias: M | undefined,
): Columns<M> | undefined {
  if (kernel === undefined) return undefined;
  const all = ops.multiplier(kernel)(x);
  return {
    order: blockOrder(cell, order).input,
    all: bias === undefined ? all : ops.add(all, bias),
  };
}

/** Computes what the blocks of a product get at a step. */
function setSums<M extends Matrix>(
  ops: CellOperations<M>,
  { read, multiply, order, bias, input, plan }: Group<M>,
  t: number,
  values: NodeValues<M>,
  shape: readonly number[],
): void {
  const made = multiply(spread(ops, values.of(read), shape));
  const own = { order, all: bias === undefined ? made : ops.add(made, bias) };
  const [whole, parts] = divide(ops, own, plan.whole);
  setBlocks(ops, parts, plan.recurrent, values);
  const sums = input === undefined ? whole : sumOf(ops, whole, { ...input, all: input.all[t]! });
  for (const { op, nodes } of plan.joined)
    setBlocks(ops, { ...sums, all: ops[op](sums.all) }, nodes, values);
  setBlocks(ops, sums, plan.bare, values);
}

/** The input's part and the recurrent part of blocks; some may have no input. */
function sumOf<M extends Matrix>(
  ops: CellOperations<M>,
  own: Columns<M>,
  input: Columns<M>,
): Columns<M> {
  const both = {
    order: input.order,
    all: ops.add(input.all, columnsOf(ops, own, input.order).all),
  };
  return inOrder(ops, own.order, both.order === own.order ? [both] : [own, both]);
}

/** Says what nodes of some of the blocks are. */
function setBlocks<M extends Matrix>(
  ops: CellOperations<M>,
  columns: Columns<M>,
  nodes: readonly Leaf[],
  values: NodeValues<M>,
): void {
  if (nodes.length < 2) {
    for (const [name, at] of nodes) values.set(at, columnsOf(ops, columns, name).all);
    return;
  }
  const blocks = blocksOf(ops, columns);
  for (const [name, at] of nodes) values.set(at, blocks.get(name)!);
}
