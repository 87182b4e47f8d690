// The nodes of a cell as matrices, of one step or of all at once. What differs in shape is broadcast.
import type { BinaryOp, Cell, Node, UnaryOp } from '@secateur/kernels';
import type { CellInputs } from './cell-kernel.ts';
import type { CellOperations, Matrix, SlopeOp } from './cell-operations.ts';

/** How a composed cell reads its weights. */
export interface CellAttributes {
  /** The order of the blocks; by default the cell's own. */
  readonly order?: string | undefined;
  /** By name; by default the cell's. */
  readonly settings?: Readonly<Record<string, number>>;
}

/** The values of nodes, each computed when somebody first asks for it. */
export interface NodeValues<M> {
  /** The value of a node. */
  of(at: number): M;
  /** Says what a node is. */
  set(at: number, value: M): void;
}

/** Starts without values; `given` has those of the leaves, and of what else need not be computed from its operands. */
export function nodeValues<M extends Matrix>(
  ops: CellOperations<M>,
  nodes: readonly Node[],
  given: (node: Node, at: number) => M | undefined,
): NodeValues<M> {
  const known = new Array<M | undefined>(nodes.length);
  const of = (at: number): M => (known[at] ??= given(nodes[at]!, at) ?? compute(nodes[at]!));
  const compute = ({ op, args }: Node): M => {
    const [a, b] = args as [number, number?];
    if (b === undefined) return ops[op as UnaryOp | SlopeOp](of(a));
    return (
      (op === 'mul' ? (slope(a, b) ?? slope(b, a)) : undefined) ?? ops[op as BinaryOp](of(a), of(b))
    );
  };
  /** The product in one operation, where `at` is a slope that nobody asked for yet. */
  const slope = (at: number, by: number): M | undefined => {
    const node = nodes[at]!;
    const times = ops.timesSlope?.[node.op as SlopeOp];
    if (times === undefined || (known[at] ??= given(node, at)) !== undefined) return undefined;
    return times(of(node.args[0]!), of(by));
  };
  return {
    of,
    set: (at, value) => {
      known[at] = value;
    },
  };
}

/** A value of this shape, where it was one for all rows or for all units. */
export function spread<M extends Matrix>(
  ops: CellOperations<M>,
  value: M,
  shape: readonly number[],
): M {
  const fits = value.shape.length === shape.length && value.shape.every((n, k) => n === shape[k]);
  return fits ? value : ops.mul(ops.fill(shape, 1), value);
}

/** The leaves that are the same at all steps: masks, parameters `[1, units]`, settings and numbers. */
export function constantLeaves<M extends Matrix>(
  ops: CellOperations<M>,
  nodes: readonly Node[],
  cell: Cell,
  { weights, masks }: CellInputs<M>,
  { settings = {} }: CellAttributes,
): (node: Node) => M | undefined {
  const made = new Map<Node, M>();
  // All of them now: what a step's scope makes does not outlive it.
  for (const node of nodes) {
    const { op, name = '', value = 0 } = node;
    if (op === 'mask') made.set(node, masks[name]!);
    if (op === 'parameter') made.set(node, weights[name]!);
    if (op === 'constant') made.set(node, ops.fill([], value));
    if (op === 'setting') made.set(node, ops.fill([], settings[name] ?? cell.settings[name]!));
  }
  return (node) => made.get(node);
}
