import {
  clone,
  reshape,
  tidy,
  zeros,
  type Rank,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { blockOrder, cellGradient, type Cell, type Node, savedBy } from '@secateur/kernels';
import {
  biasesOf,
  columnsOf,
  depthOf,
  inOrder,
  recurrentLevels,
  type Columns,
} from './cell-blocks.ts';
import {
  constantLeaves,
  spread,
  tensorValues,
  type CellAttributes,
  type CellTensors,
  type TensorValues,
} from './cell-values.ts';
import {
  addTo,
  columnBlocks,
  join,
  product,
  reluOf,
  rowBlocks,
  sigmoidOf,
  tanhOf,
} from './direct.ts';
import { inputProduct } from './input-product.ts';
import { unflattenTimeMajor } from './time-major.ts';

/** What a composed cell returns. */
export interface CellResult {
  /** Outputs of every step, `[batch, time, units]`. */
  readonly y: Tensor3D;
  /** By name, the states after the last step, `[batch, units]`. */
  readonly states: Readonly<Record<string, Tensor2D>>;
  /** What `savedBy` of `@secateur/kernels` lists, for each repetition, `[time, batch, depth * activations * units]`. */
  readonly activations: Tensor3D;
  /** The states that it lists, `[time, batch, depth * states * units]`. */
  readonly saved: Tensor3D;
}

/**
 * A cell over whole sequences `x [batch, time, input]` from ordinary operations: one product for the inputs of all steps, then
 * for each step, stage by stage, a product of what its blocks read, and the equations.
 */
export function composedCell(
  cell: Cell,
  x: Tensor3D,
  tensors: CellTensors,
  attributes: CellAttributes,
): CellResult {
  const [batch, time] = x.shape;
  const units = tensors.states[cell.output]!.shape[1];
  const keeps = savedBy(cell, cellGradient(cell), attributes.order);
  // Without units there is nothing to compute, and some stock kernels fail on nothing.
  if (units === 0) {
    const empty = (): Tensor3D => zeros([time, batch, 0]);
    return {
      y: zeros([batch, time, 0]),
      states: ownStates(tensors.states),
      activations: empty(),
      saved: empty(),
    };
  }
  const depth = depthOf(cell, tensors, units);
  const biases = biasesOf(cell, tensors, attributes, units, depth);
  const levels = recurrentLevels(cell, tensors, attributes, depth);
  const leaf = constantLeaves(cell.nodes, cell, tensors, attributes);
  const order = blockOrder(cell, attributes.order).input;
  const groups = levels.map((level, k) =>
    cell.stages.map(({ products }) =>
      products.map(({ read, blocks }): Group => {
        const bias = biases.recurrent[k];
        const matrix = columnsOf(level, blocks);
        return {
          read,
          matrix,
          bias: bias === undefined ? undefined : columnsOf(bias, blocks).all,
          plan: planOf(cell, matrix.order),
        };
      }),
    ),
  );
  const inputs = cell.stages.map(({ blocks }) => leavesOf(cell, 'input', blocks));

  const shape = [batch, units];
  const none = zeros<Rank.R2>([batch, units]);
  let states: Record<string, Tensor2D> = { ...tensors.states };
  const outputs: Tensor2D[] = [];
  const activations: Tensor2D[] = [];
  const saved: Tensor2D[] = [];
  for (const input of inputsOfSteps(cell, x, tensors, biases.input)) {
    // A tidy for each step returns its memory while it is still in the cache.
    const step = tidy(() => {
      const kept: Tensor2D[] = [];
      const after: Tensor2D[] = [];
      let current = states;
      for (const [k, stages] of groups.entries()) {
        const before = current;
        const values = tensorValues(cell.nodes, (node) =>
          node.op === 'state' ? before[node.name!] : leaf(node),
        );
        const from = k === 0 && input !== undefined ? { order, all: input } : undefined;
        for (const [s, own] of stages.entries()) {
          for (const group of own) setSums(group, from, values, shape);
          for (const [name, at] of inputs[s]!)
            values.set(at, from === undefined ? none : columnsOf(from, name).all);
        }
        current = {};
        for (const name of cell.states) current[name] = spread(values.of(cell.next[name]!), shape);
        for (const at of keeps.activations) kept.push(values.of(at));
        for (const name of keeps.states) after.push(current[name]!);
      }
      return [cell.states.map((name) => current[name]!), side(kept), side(after)];
    });
    states = Object.fromEntries(cell.states.map((name, k) => [name, step[0]![k]!]));
    outputs.push(states[cell.output]!);
    activations.push(...step[1]!);
    saved.push(...step[2]!);
  }
  const asSteps = (parts: readonly Tensor2D[]): Tensor3D =>
    parts.length === 0
      ? zeros([time, batch, 0])
      : reshape(join(parts, 0), [time, batch, parts[0]!.shape[1]]);
  return {
    y: unflattenTimeMajor(join(outputs, 0), batch, time),
    states: ownStates(states),
    activations: asSteps(activations),
    saved: asSteps(saved),
  };
}

/** A product of a stage, with the columns and biases of its blocks. */
interface Group {
  readonly read: number;
  readonly matrix: Columns;
  readonly bias: Tensor2D | undefined;
  readonly plan: Plan;
}

/** What becomes of the sums of blocks that share a product. */
interface Plan {
  /** The blocks that the equations take whole, and the nodes of their sums. */
  readonly whole: readonly Leaf[];
  /** Those whose recurrent part they take. */
  readonly recurrent: readonly Leaf[];
  /**
   * Functions of at least two sums, with the node of each block: they are computed over all columns, which is cheaper than over
   * copies of the blocks.
   */
  readonly joined: readonly {
    readonly op: keyof typeof nonlinear;
    readonly nodes: readonly Leaf[];
  }[];
  /** The sums that are taken otherwise. */
  readonly bare: readonly Leaf[];
}

/** A block and a node. */
type Leaf = readonly [block: string, node: number];

const nonlinear = { sigmoid: sigmoidOf, tanh: tanhOf, relu: reluOf };

function planOf(cell: Cell, order: string): Plan {
  const whole = leavesOf(cell, 'gate', order);
  const joined = (['sigmoid', 'tanh', 'relu'] as const).flatMap((op) => {
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
  return { whole, recurrent: leavesOf(cell, 'recurrent', order), joined, bare };
}

/** The nodes of this kind that the equations have of some blocks. */
function leavesOf(cell: Cell, op: Node['op'], blocks: string): Leaf[] {
  return [...blocks].flatMap((name): Leaf[] => {
    const at = cell.nodes.findIndex((node) => node.op === op && node.name === name);
    return at < 0 ? [] : [[name, at]];
  });
}

/** The input's part of all blocks at each step, with its bias. */
function inputsOfSteps(
  cell: Cell,
  x: Tensor3D,
  { weights }: CellTensors,
  bias: Tensor2D | undefined,
): (Tensor2D | undefined)[] {
  const time = x.shape[1];
  const kernel = weights['kernel'] as Tensor2D | undefined;
  if (kernel === undefined) return Array.from({ length: time }, () => undefined);
  const projected = inputProduct(x, kernel);
  return rowBlocks(bias === undefined ? projected : addTo(projected, bias), time);
}

/** Computes what the blocks of a product get; `input` is undefined where there is none, after the first repetition. */
function setSums(
  { read, matrix, bias, plan }: Group,
  input: Columns | undefined,
  values: TensorValues,
  shape: number[],
): void {
  const { order } = matrix;
  const made = product(spread(values.of(read), shape), matrix.all);
  const own = { order, all: bias === undefined ? made : addTo(made, bias) };
  for (const [name, at] of plan.recurrent) values.set(at, columnsOf(own, name).all);
  if (plan.whole.length === 0) return;
  const sums = sumOf(own, input);
  for (const { op, nodes } of plan.joined)
    setBlocks({ order, all: nonlinear[op](sums) }, nodes, values);
  setBlocks({ order, all: sums }, plan.bare, values);
}

/** The input's part and the recurrent part of blocks; some may have no input. */
function sumOf(own: Columns, input: Columns | undefined): Tensor2D {
  if (input === undefined) return own.all;
  const { order } = own;
  const having = [...order].filter((name) => input.order.includes(name)).join('');
  if (having === order) return addTo(columnsOf(input, order).all, own.all);
  const sums = addTo(columnsOf(input, having).all, columnsOf(own, having).all);
  return inOrder(order, [own, { order: having, all: sums }]);
}

/** Says what nodes of some of the blocks are. */
function setBlocks(columns: Columns, nodes: readonly Leaf[], values: TensorValues): void {
  if (nodes.length < 2) {
    for (const [name, at] of nodes) values.set(at, columnsOf(columns, name).all);
    return;
  }
  const parts = columnBlocks(columns.all, columns.order.length);
  for (const [name, at] of nodes) values.set(at, parts[columns.order.indexOf(name)]!);
}

/** Matrices side by side. */
const side = (parts: readonly Tensor2D[]): Tensor2D[] =>
  parts.length > 1 ? [join(parts, 1)] : [...parts];

/** States as tensors of their own: one may be what the cell was given, and a kernel must not return its inputs. */
export function ownStates(
  states: Readonly<Record<string, Tensor2D>>,
): Readonly<Record<string, Tensor2D>> {
  return Object.fromEntries(Object.entries(states).map(([name, state]) => [name, clone(state)]));
}
