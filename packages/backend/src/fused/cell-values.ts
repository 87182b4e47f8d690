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

/** By node, its value, as far as it is known. */
export type NodeValues<M> = (M | undefined)[];

/** The value of a node; what is not known of it and its operands is computed. Leaves have to be known. */
export function valueOf<M extends Matrix>(
  ops: CellOperations<M>,
  nodes: readonly Node[],
  known: NodeValues<M>,
  at: number,
): M {
  const value = known[at];
  if (value !== undefined) return value;
  const { op, args } = nodes[at]!;
  const [a, b] = args as [number, number?];
  if (b === undefined)
    return (known[at] = ops[op as UnaryOp | SlopeOp](valueOf(ops, nodes, known, a)));
  const fused = op === 'mul' ? timesSlope(ops, nodes, known, a, b) : undefined;
  return (known[at] =
    fused ?? ops[op as BinaryOp](valueOf(ops, nodes, known, a), valueOf(ops, nodes, known, b)));
}

/** A product in one operation, where one of the two is a slope that nobody asked for yet. */
function timesSlope<M extends Matrix>(
  ops: CellOperations<M>,
  nodes: readonly Node[],
  known: NodeValues<M>,
  a: number,
  b: number,
): M | undefined {
  const slope = [a, b].find((at) => nodes[at]!.op.endsWith('Slope') && known[at] === undefined);
  if (ops.timesSlope === undefined || slope === undefined) return undefined;
  const { op, args } = nodes[slope]!;
  const value = valueOf(ops, nodes, known, args[0]!);
  return ops.timesSlope[op as SlopeOp](value, valueOf(ops, nodes, known, slope === a ? b : a));
}

/** A value of this shape, where it was one for all rows or for all units. */
export function spread<M extends Matrix>(
  ops: CellOperations<M>,
  value: M,
  [rows, columns]: readonly number[],
): M {
  const [r, c] = value.shape;
  return r === rows && c === columns ? value : ops.mul(ops.fill([rows!, columns!], 1), value);
}

/** The leaves that are the same at all steps: masks, parameters `[1, units]`, settings and numbers. */
export function constantLeaves<M extends Matrix>(
  ops: CellOperations<M>,
  nodes: readonly Node[],
  cell: Cell,
  { weights, masks }: CellInputs<M>,
  { settings = {} }: CellAttributes,
): NodeValues<M> {
  return nodes.map(({ op, name = '', value = 0 }) => {
    if (op === 'mask') return masks[name];
    if (op === 'parameter') return weights[name];
    if (op === 'constant') return ops.fill([], value);
    return op === 'setting' ? ops.fill([], settings[name] ?? cell.settings[name]!) : undefined;
  });
}
