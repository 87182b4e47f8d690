import type { Node, NodeOp } from './cell.ts';

/** A list of nodes in the making: what is there already is found, not made again. */
export interface Graph {
  /** The nodes so far. */
  readonly nodes: Node[];
  /** The place of a node that takes nothing. */
  leaf(op: NodeOp, name?: string): number;
  /** The place of a constant. */
  constant(value: number): number;
  /** The place of an operation on earlier nodes. */
  apply(op: NodeOp, ...args: readonly number[]): number;
}

/** Starts a list of nodes with those of another one. */
export function graphFrom(first: readonly Node[] = []): Graph {
  const nodes: Node[] = [];
  const indexOf = new Map<string, number>();
  const place = (node: Node): number => {
    const key = keyOf(node);
    const known = indexOf.get(key);
    if (known !== undefined) return known;
    indexOf.set(key, nodes.length);
    return nodes.push(node) - 1;
  };
  first.forEach((node, at) => {
    nodes.push(node);
    indexOf.set(keyOf(node), at);
  });
  return {
    nodes,
    leaf: (op, name) => place({ op, args: [], ...(name === undefined ? {} : { name }) }),
    constant: (value) => place({ op: 'constant', args: [], value }),
    apply: (op, ...args) => place({ op, args }),
  };
}

/** Two nodes of one key have the same value, to the last bit. */
function keyOf({ op, args, name, value }: Node): string {
  const commutes = op === 'add' || op === 'mul';
  const ordered = commutes ? [...args].sort((a, b) => a - b) : args;
  // The two zeros are different constants.
  return JSON.stringify([op, ordered, name, Object.is(value, -0) ? '-0' : value]);
}
