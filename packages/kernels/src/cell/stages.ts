import { isSum, type Block, type Cell, type Node, type Product, type Stage } from './cell.ts';

/**
 * Sorts nodes by what they wait for: those of `start` for no product of the step, those of a stage for the products of it and
 * of the stages before. `reads` is what the recurrent part of each block reads, `next` the state after the step.
 */
export function stagesOf(
  nodes: readonly Node[],
  blocks: readonly Block[],
  reads: ReadonlyMap<string, number>,
  next: ReadonlyMap<string, number>,
): Pick<Cell, 'nodes' | 'start' | 'stages' | 'next'> {
  const levelByNode = new Map<number, number>();
  const levelOfBlock = (name: string): number => {
    const read = reads.get(name);
    return read === undefined ? 0 : levelOf(read) + 1;
  };
  const levelOf = (at: number): number => {
    const { op, args, name } = nodes[at]!;
    const level =
      levelByNode.get(at) ?? (isSum(op) ? levelOfBlock(name!) : Math.max(-1, ...args.map(levelOf)));
    levelByNode.set(at, level);
    return level;
  };
  const levels = nodes.map((_, at) => levelOf(at));

  // Operands stay before what takes them: their level is no higher, and the sort keeps the order within a level.
  const order = nodes.map((_, at) => at).sort((a, b) => levels[a]! - levels[b]! || a - b);
  const moved = new Map(order.map((from, to) => [from, to]));
  const sorted = order.map((from) => {
    const node = nodes[from]!;
    return { ...node, args: node.args.map((arg) => moved.get(arg)!) };
  });
  const placesAt = (level: number): number[] =>
    order.flatMap((from, to) =>
      levels[from] === level && nodes[from]!.args.length > 0 ? [to] : [],
    );

  const count = 1 + Math.max(...levels, 0);
  const stages = Array.from({ length: count }, (_, level): Stage => {
    const letters = blocks.map(({ name }) => name).filter((name) => levelOfBlock(name) === level);
    return {
      products: productsOf(letters, reads, moved),
      blocks: letters.join(''),
      nodes: placesAt(level),
    };
  });
  return {
    nodes: sorted,
    start: placesAt(-1),
    stages,
    next: Object.fromEntries([...next].map(([state, at]) => [state, moved.get(at)!])),
  };
}

/** Blocks that read the same value share a product. */
function productsOf(
  blocks: readonly string[],
  reads: ReadonlyMap<string, number>,
  moved: ReadonlyMap<number, number>,
): Product[] {
  const byRead = new Map<number, string>();
  for (const block of blocks) {
    const read = reads.get(block);
    if (read !== undefined) byRead.set(read, (byRead.get(read) ?? '') + block);
  }
  return [...byRead].map(([read, joined]) => ({ read: moved.get(read)!, blocks: joined }));
}
