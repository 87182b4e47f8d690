// What becomes of the sums of blocks that share a product.
import type { Cell, Node, UnaryOp } from '@secateur/kernels';
import { lettersBut, taker } from './cell-blocks.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import type { NodeValues } from './cell-values.ts';

/** A block and a node. */
export type Leaf = readonly [block: string, node: number];

/** Where the sums of a product go. */
export interface Plan {
  /** The blocks that the equations take whole. */
  readonly whole: string;
  /** The others, whose recurrent part they take. */
  readonly parts: string;
  /** The nodes of those parts. */
  readonly recurrent: readonly Leaf[];
  /**
   * Functions of at least two sums, with the node of each block: they are computed over all columns, which is cheaper than over
   * copies of the blocks.
   */
  readonly joined: readonly { readonly op: UnaryOp; readonly nodes: readonly Leaf[] }[];
  /** The sums that are taken otherwise. */
  readonly bare: readonly Leaf[];
}

/** Plans the product of some blocks. */
export function planOf(cell: Cell, order: string): Plan {
  const leaves = leavesOf(cell, 'gate', order);
  const joined = (['sigmoid', 'tanh', 'relu'] as const).flatMap((op) => {
    const nodes = leaves.flatMap(([name, leaf]): Leaf[] => {
      const at = cell.nodes.findIndex((node) => node.op === op && node.args[0] === leaf);
      return at < 0 ? [] : [[name, at]];
    });
    return nodes.length > 1 ? [{ op, nodes }] : [];
  });
  const made = new Set(joined.flatMap(({ nodes }) => nodes.map(([, at]) => at)));
  const bare = leaves.filter(
    ([, leaf]) =>
      Object.values(cell.next).includes(leaf) ||
      cell.nodes.some((node, at) => node.args.includes(leaf) && !made.has(at)),
  );
  const whole = leaves.map(([name]) => name).join('');
  const recurrent = leavesOf(cell, 'recurrent', order);
  return { whole, parts: lettersBut(order, whole), recurrent, joined, bare };
}

/** The nodes of this kind that the equations have of some blocks. */
export function leavesOf(cell: Cell, op: Node['op'], blocks: string): Leaf[] {
  return [...blocks].flatMap((name): Leaf[] => {
    const at = cell.nodes.findIndex((node) => node.op === op && node.name === name);
    return at < 0 ? [] : [[name, at]];
  });
}

/** Prepares to say what nodes of some of the blocks in `order` are. */
export function setter<M extends Matrix>(
  ops: CellOperations<M>,
  order: string,
  nodes: readonly Leaf[],
  units: number,
): (all: M, values: NodeValues<M>) => void {
  if (nodes.length === 0) return () => undefined;
  if (nodes.length === 1) {
    const [name, at] = nodes[0]!;
    const take = taker(ops, order, name, units);
    return (all, values) => {
      values[at] = take(all);
    };
  }
  const cut = ops.cutter(order.length);
  const places = nodes.map(([name, at]) => [order.indexOf(name), at] as const);
  return (all, values) => {
    const blocks = cut(all);
    for (const [block, at] of places) values[at] = blocks[block];
  };
}
