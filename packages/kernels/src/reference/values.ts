// The float64 meaning of nodes: each is a vector over the units of one sequence.
import type { Node, NodeOp } from '../cell/cell.ts';

const unary: Partial<Record<NodeOp, (x: number) => number>> = {
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  relu: (x) => (x < 0 ? 0 : x),
  sigmoidSlope: (value) => value * (1 - value),
  tanhSlope: (value) => 1 - value * value,
  reluSlope: (value) => (value > 0 ? 1 : 0),
};

function compute(op: NodeOp, a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  if (op === 'add') for (let j = 0; j < out.length; j++) out[j] = a[j]! + b[j]!;
  else if (op === 'sub') for (let j = 0; j < out.length; j++) out[j] = a[j]! - b[j]!;
  else if (op === 'mul') for (let j = 0; j < out.length; j++) out[j] = a[j]! * b[j]!;
  else {
    const apply = unary[op]!;
    for (let j = 0; j < out.length; j++) out[j] = apply(a[j]!);
  }
  return out;
}

/** The values of nodes, as they become known. */
export interface Values {
  /** The value of a node: what was set or evaluated, or else that of the leaf. */
  of(at: number): Float64Array;
  /** Says what a node is. */
  set(at: number, value: Float64Array): void;
  /** Evaluates operations, one after the other. */
  evaluate(indices: readonly number[]): void;
}

/** Starts without values; `leaf` gives those of the nodes that have no operands. */
export function valuesOf(nodes: readonly Node[], leaf: (node: Node) => Float64Array): Values {
  const known = new Array<Float64Array | undefined>(nodes.length);
  const of = (at: number): Float64Array => (known[at] ??= leaf(nodes[at]!));
  return {
    of,
    set: (at, value) => {
      known[at] = value;
    },
    evaluate: (indices) => {
      for (const at of indices) {
        const { op, args } = nodes[at]!;
        known[at] = compute(op, of(args[0]!), of(args.at(-1)!));
      }
    },
  };
}
