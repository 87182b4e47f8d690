// What becomes of the sums of blocks that share a product.
import { blockOrder, type Cell, type Node, type UnaryOp } from '@secateur/kernels';
import { lettersBut, lettersOf, taker } from './cell-blocks.ts';
import type { CellOperations, Matrix } from './cell-operations.ts';
import type { NodeValues } from './cell-values.ts';

/** A block and a node. */
export type Leaf = readonly [block: string, node: number];

/** Where the sums of a product go. */
interface Plan {
  /** The blocks in the order of their columns. */
  readonly order: string;
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

/** A stage of a cell whose weights have their blocks in some order. */
export interface StagePlan {
  readonly products: readonly (Plan & {
    /** The node that it reads. */
    readonly read: number;
  })[];
  /** The input parts that the equations take. */
  readonly inputs: readonly Leaf[];
}

const known = new WeakMap<Cell, Map<string, readonly StagePlan[]>>();

/** Plans the stages of a cell; it is done once for each order. `separate` as in `CellOperations`. */
export function stagePlans(
  cell: Cell,
  order: string | undefined,
  separate: boolean,
): readonly StagePlan[] {
  const { recurrent } = blockOrder(cell, order);
  const ofCell = known.get(cell) ?? new Map<string, readonly StagePlan[]>();
  known.set(cell, ofCell);
  const key = `${recurrent} ${separate}`;
  const plans =
    ofCell.get(key) ??
    cell.stages.map(({ products, blocks }) => ({
      products: products.flatMap(({ read, blocks: own }) => {
        const plan = planOf(cell, lettersOf(recurrent, own));
        const orders = separate ? [plan.whole, plan.parts] : [plan.order];
        return orders.filter(Boolean).map((each) => ({ ...planOf(cell, each), read }));
      }),
      inputs: leavesOf(cell, 'input', blocks),
    }));
  ofCell.set(key, plans);
  return plans;
}

/** Plans the product of some blocks. */
function planOf(cell: Cell, order: string): Plan {
  const leaves = leavesOf(cell, 'gate', order);
  const joined = (['sigmoid', 'tanh', 'relu'] as const).flatMap((op) => {
    const nodes = leaves.flatMap(([name, leaf]): Leaf[] => {
      const at = cell.nodes.findIndex((node) => node.op === op && node.args[0] === leaf);
      return at < 0 ? [] : [[name, at]];
    });
    return nodes.length > 1 ? [{ op, nodes }] : [];
  });
  const summed = new Set(joined.flatMap(({ nodes }) => nodes.map(([, at]) => at)));
  const bare = leaves.filter(
    ([, leaf]) =>
      Object.values(cell.next).includes(leaf) ||
      cell.stages.some(({ products }) => products.some(({ read }) => read === leaf)) ||
      cell.nodes.some((node, at) => node.args.includes(leaf) && !summed.has(at)),
  );
  const whole = leaves.map(([name]) => name).join('');
  const recurrent = leavesOf(cell, 'recurrent', order);
  return { order, whole, parts: lettersBut(order, whole), recurrent, joined, bare };
}

/** The nodes of this kind that the equations have of some blocks. */
function leavesOf(cell: Cell, op: Node['op'], blocks: string): Leaf[] {
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
  const positions = nodes.map(([name, at]) => [order.indexOf(name), at] as const);
  return (all, values) => {
    const blocks = cut(all);
    for (const [block, at] of positions) values[at] = blocks[block];
  };
}
