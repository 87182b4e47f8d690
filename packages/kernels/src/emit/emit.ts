// Text from equations. A generator says how its language writes leaves and operations; what is written, in which order and how
// often follows from the list of nodes alone.
import type { Node } from '../cell/cell.ts';

/** How a language writes the nodes of a cell. */
export interface Dialect {
  /** The value of a leaf: how it is read. A leaf is read once, before what takes it first. */
  leaf(node: Node, at: number): string;
  /** The value of an operation on named values. */
  apply(op: Node['op'], args: readonly string[]): string;
  /** A line that gives a value a name. */
  declare(name: string, value: string): string;
}

/** Lines that evaluate nodes, and the names of what they evaluated. */
export interface Emitter {
  /** Evaluates the node if no line did so before; returns its name. */
  name(at: number): string;
  /** Evaluates nodes in their order. */
  evaluate(indices: readonly number[]): void;
  /** Gives a node the value of an expression of the language, or of a name of it. */
  set(at: number, value: string): void;
  /** Adds a line as it is. */
  line(text: string): void;
  /** All lines so far. */
  readonly lines: readonly string[];
}

/**
 * Starts to write nodes in a language; the value of node 7 is called `v7`.
 *
 * @example
 * ```ts
 * import { emitter, simpleRnnReluCell, type Dialect } from '@secateur/kernels';
 *
 * const calls: Dialect = {
 *   leaf: ({ op, name }) => `${op}_${name}`,
 *   apply: (op, args) => `${op}(${args.join(', ')})`,
 *   declare: (name, value) => `let ${name} = ${value};`,
 * };
 * const out = emitter(simpleRnnReluCell.nodes, calls);
 * out.evaluate(simpleRnnReluCell.stages[0]!.nodes);
 * out.lines; // => ['let v1 = gate_h;', 'let v2 = relu(v1);']
 * out.name(simpleRnnReluCell.next['h']!); // => v2
 * ```
 */
export function emitter(nodes: readonly Node[], { leaf, apply, declare }: Dialect): Emitter {
  const names = new Map<number, string>();
  const lines: string[] = [];
  const set = (at: number, value: string): void => {
    names.set(at, `v${at}`);
    lines.push(declare(`v${at}`, value));
  };
  const name = (at: number): string => {
    const known = names.get(at);
    if (known !== undefined) return known;
    const node = nodes[at]!;
    set(at, node.args.length === 0 ? leaf(node, at) : apply(node.op, node.args.map(name)));
    return `v${at}`;
  };
  return {
    name,
    evaluate: (indices) => indices.forEach(name),
    set,
    line: (text) => lines.push(text),
    lines,
  };
}
