import { isSum, type Cell, type Node } from './cell.ts';

/** A node whose value a step keeps for its way back. */
export interface Kept {
  /** The node. */
  readonly node: number;
  /** The block whose place it has among the activations; without one it comes after those that have. */
  readonly block?: string;
}

/**
 * What the way back needs of a step. States are there anyway. Kept are the nonlinearities of sums, the sums themselves where
 * they are needed, and what the products of later stages read; the rest is cheap to evaluate again. `nodes` are those of
 * the cell, then those of the way back.
 */
export function keptNodes(
  cell: Cell,
  nodes: readonly Node[],
): { readonly kept: Kept[]; readonly recomputed: number[] } {
  const count = cell.nodes.length;
  const states = new Set(Object.values(cell.next));
  const lateReads = new Set(
    cell.stages.slice(1).flatMap((s) => s.products.map(({ read }) => read)),
  );
  const kept = new Set<number>();
  const recomputed = new Set<number>();
  const fromSums: boolean[] = [];
  cell.nodes.forEach(({ op, args }) => {
    fromSums.push(isSum(op) || args.some((arg) => !states.has(arg) && fromSums[arg]));
  });
  const need = (at: number): void => {
    const { op, args } = cell.nodes[at]!;
    if (states.has(at) || kept.has(at) || recomputed.has(at)) return;
    if (isSum(op) || ((isNonlinear(op) || lateReads.has(at)) && fromSums[at])) {
      kept.add(at);
      return;
    }
    args.forEach(need);
    if (args.length > 0) recomputed.add(at);
  };
  for (const { read } of cell.stages.flatMap((stage) => stage.products)) need(read);
  for (const { args } of nodes.slice(count)) args.filter((arg) => arg < count).forEach(need);

  // Nonlinearities first: where a block has one, the sum of its recurrent part is not what takes its place.
  const order = [...kept].sort(
    (a, b) => Number(isSum(nodes[a]!.op)) - Number(isSum(nodes[b]!.op)) || a - b,
  );
  const blocks = new Map<string, number>();
  const under = blocksUnder(cell, (at) => states.has(at) || kept.has(at));
  for (const at of order) {
    const [block, another] = under[at]!;
    if (block !== undefined && another === undefined && !blocks.has(block)) blocks.set(block, at);
  }
  const placed = cell.blocks.flatMap(({ name }): Kept[] =>
    blocks.has(name) ? [{ node: blocks.get(name)!, block: name }] : [],
  );
  const others = order.filter((at) => !placed.some(({ node }) => node === at));
  return {
    kept: [...placed, ...others.map((node) => ({ node }))],
    recomputed: [...recomputed].sort((a, b) => a - b),
  };
}

/** By node, the blocks whose sums go into it, other than through what is known without them. */
function blocksUnder(cell: Cell, known: (at: number) => boolean): ReadonlySet<string>[] {
  const under: ReadonlySet<string>[] = [];
  for (const { op, args, name } of cell.nodes) {
    const from = args.filter((arg) => isSum(cell.nodes[arg]!.op) || !known(arg));
    under.push(new Set(isSum(op) ? [name!] : from.flatMap((arg) => [...under[arg]!])));
  }
  return under;
}

const isNonlinear = (op: Node['op']): boolean => op === 'sigmoid' || op === 'tanh' || op === 'relu';
