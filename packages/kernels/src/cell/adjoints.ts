// Reverse differentiation. The gradient of a node is a sum of terms: a gradient that is known times a factor that depends on
// none. As long as there is one term, its factor grows; where several meet, they are added up and go on as one.
import type { Node } from './cell.ts';
import type { Graph } from './graph.ts';

interface Term {
  /** A node that holds a gradient. */
  readonly gradient: number;
  /** What it is multiplied by. */
  readonly factor: number;
}

/** The gradients of nodes, while they are being found. */
export interface Adjoints {
  /** Adds a gradient to that of a node. */
  add(node: number, gradient: number): void;
  /** Hands the gradient of a node on to its operands; all that takes the node must have done so before. */
  handOn(node: number): void;
  /** The place of the node's gradient, 0 where it has none. */
  total(node: number): number;
}

/** Starts with no gradients at all; `hoist` as in `CellGradientOptions`. */
export function adjoints(graph: Graph, hoist: boolean): Adjoints {
  const first = graph.nodes.length;
  const varies = variable(graph.nodes);
  const one = graph.constant(1);
  const sums = new Map<number, Term[]>();

  const times = (factor: number, by: number): number =>
    factor === one ? by : graph.apply('mul', factor, by);
  const weighed = ({ gradient, factor }: Term): number =>
    factor === one ? gradient : graph.apply('mul', gradient, factor);
  const total = (terms: readonly Term[]): number =>
    terms.length === 0
      ? graph.constant(0)
      : terms.map(weighed).reduce((sum, each) => graph.apply('add', sum, each));
  const include = (node: number, { gradient, factor }: Term, sign: 'add' | 'sub' = 'add'): void => {
    if (node >= first || !varies[node]) return;
    const terms = sums.get(node) ?? [];
    sums.set(node, terms);
    const at = terms.findIndex((term) => term.gradient === gradient);
    const before = terms[at]?.factor;
    const signed = sign === 'add' ? factor : times(graph.constant(-1), factor);
    const after = before === undefined ? signed : graph.apply(sign, before, factor);
    terms.splice(at < 0 ? terms.length : at, 1, { gradient, factor: after });
  };

  const handOn = (node: number): void => {
    const { op, args } = graph.nodes[node]!;
    const terms = sums.get(node) ?? [];
    if (terms.length === 0 || args.length === 0) return;
    const meets = terms.length > 1 || (!hoist && op === 'mul' && args.every((arg) => varies[arg]));
    const term = meets ? { gradient: total(terms), factor: one } : terms[0]!;
    const { gradient, factor } = term;
    const [a, b] = args as [number, number];
    switch (op) {
      case 'add':
      case 'sub':
        include(a, term);
        include(b, term, op);
        break;
      case 'mul':
        include(a, { gradient, factor: times(factor, b) });
        include(b, { gradient, factor: times(factor, a) });
        break;
      case 'sigmoid':
      case 'tanh':
      case 'relu':
        include(a, { gradient, factor: times(factor, graph.apply(`${op}Slope`, node)) });
        break;
      default:
        break;
    }
  };
  return {
    add: (node, gradient) => include(node, { gradient, factor: one }),
    handOn,
    total: (node) => total(sums.get(node) ?? []),
  };
}

/** By node, whether anything that it depends on has a gradient: masks, settings and constants have none. */
function variable(nodes: readonly Node[]): boolean[] {
  const depends: boolean[] = [];
  for (const { op, args } of nodes) {
    const constant = op === 'mask' || op === 'setting' || op === 'constant';
    depends.push(args.length === 0 ? !constant : args.some((arg) => depends[arg]));
  }
  return depends;
}
