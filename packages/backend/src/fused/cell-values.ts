// The nodes of a cell as tensors, of one step or of all at once. What differs in shape is broadcast.
import {
  ones,
  reshape,
  scalar,
  square,
  step,
  sub,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { Cell, Node, NodeOp } from '@secateur/kernels';
import { addTo, minus, reluOf, sigmoidOf, tanhOf, times } from './direct.ts';

/** What a composed cell reads; `[batch, units]` where nothing else is said. */
export interface CellTensors {
  /** Weights by name, see `weightShapes` of `@secateur/kernels`. */
  readonly weights: Readonly<Record<string, Tensor | undefined>>;
  /** By name, the states before the first step. */
  readonly states: Readonly<Record<string, Tensor2D>>;
  /** By name; all that the cell has. */
  readonly masks: Readonly<Record<string, Tensor2D>>;
}

/** How a composed cell reads its weights. */
export interface CellAttributes {
  /** The order of the blocks; by default the cell's own. */
  readonly order?: string | undefined;
  /** By name; by default the cell's. */
  readonly settings?: Readonly<Record<string, number>>;
}

/** The values of nodes, each computed when somebody first asks for it. */
export interface TensorValues {
  /** The value of a node. */
  of(at: number): Tensor2D;
  /** Says what a node is. */
  set(at: number, value: Tensor): void;
}

const compute: Partial<Record<NodeOp, (a: Tensor, b: Tensor) => Tensor>> = {
  add: addTo,
  sub: minus,
  mul: times,
  sigmoid: sigmoidOf,
  tanh: tanhOf,
  relu: reluOf,
  sigmoidSlope: (value) => sub(value, square(value)),
  tanhSlope: (value) => sub(1, square(value)),
  reluSlope: (value) => step(value),
};

/** Starts without values; `given` has those of the leaves, and of what else need not be computed from its operands. */
export function tensorValues(
  nodes: readonly Node[],
  given: (node: Node, at: number) => Tensor | undefined,
): TensorValues {
  const known = new Array<Tensor | undefined>(nodes.length);
  const of = (at: number): Tensor2D => (known[at] ??= find(at)) as Tensor2D;
  const find = (at: number): Tensor => {
    const node = nodes[at]!;
    const { op, args } = node;
    return given(node, at) ?? compute[op]!(of(args[0]!), of(args[args.length - 1]!));
  };
  return {
    of,
    set: (at, value) => {
      known[at] = value;
    },
  };
}

/** A value of this shape, where it was one for all rows or for all units. */
export function spread(value: Tensor, shape: number[]): Tensor2D {
  const fits = value.shape.length === shape.length && value.shape.every((n, k) => n === shape[k]);
  return (fits ? value : times(ones(shape), value)) as Tensor2D;
}

/** The leaves that are the same at all steps: masks, parameters `[1, units]`, settings and numbers. */
export function constantLeaves(
  nodes: readonly Node[],
  cell: Cell,
  { weights, masks }: CellTensors,
  { settings = {} }: CellAttributes,
): (node: Node) => Tensor | undefined {
  const made = new Map<Node, Tensor>();
  // All of them now: what a step's tidy makes does not outlive it.
  for (const node of nodes) {
    const { op, name = '', value = 0 } = node;
    if (op === 'mask') made.set(node, masks[name]!);
    if (op === 'parameter') made.set(node, reshape(weights[name]!, [1, weights[name]!.size]));
    if (op === 'constant') made.set(node, scalar(value));
    if (op === 'setting') made.set(node, scalar(settings[name] ?? cell.settings[name]!));
  }
  return (node) => made.get(node);
}
