// Where the tensors of a cell hold what, as WGSL. Each is a list of lines of as many numbers as there are units; the text knows
// the step `t`, the repetition `level`, the sequence `b` and the `unit`.
import {
  biasNames,
  blockOrder,
  type Cell,
  cellGradient,
  isSum,
  type Node,
  savedBy,
} from '@secateur/kernels';

/** WGSL: the entry of `unit` in a line. */
export const entry = (array: string, line: string): string =>
  `${array}[(${line}) * uniforms.units + unit]`;

/** WGSL: `t` and `level` from the number of steps, or of their repetitions, before. */
export const positionFrom = ({ repeats }: Cell, count: string): string =>
  repeats
    ? `let t = (${count}) / uniforms.depth; let level = (${count}) % uniforms.depth;`
    : `let t = ${count}; let level = 0u;`;

/** What the programs of a cell know of its tensors. */
export interface CellMemory {
  /** How many blocks of columns the weights of inputs have. */
  readonly inputBlocks: number;
  /** How many the recurrent weights have, of each repetition. */
  readonly recurrentBlocks: number;
  /** WGSL: the output of a step. */
  readonly output: string;
  /** WGSL: a state after a step or repetition. */
  readonly after: (state: string) => string;
  /** WGSL: line `line` after those of states and masks in `given`: parameters, then biases. */
  readonly vector: (line: string) => string;
  /** WGSL: a leaf. What a product gave the block `i` is in `sum_i`. */
  readonly leaf: (node: Node) => string;
  /** By node, where a step stores its value: what it keeps, and the states after it. */
  readonly stored: ReadonlyMap<number, string>;
  /** WGSL functions that leaves call. */
  readonly functions: Readonly<Record<string, string>>;
}

/** Finds the places of a cell. */
export function cellMemory(cell: Cell): CellMemory {
  const { states, masks, parameters, repeats } = cell;
  const { kept } = cellGradient(cell);
  const saved = savedBy(cell, { kept });
  const blocks = blockOrder(cell);
  const [inputBlocks, recurrentBlocks] = [blocks.input.length, blocks.recurrent.length];
  const biases = biasNames(cell);
  const step = '(t * uniforms.batch + b)';
  const position = repeats ? `(${step} * uniforms.depth + level)` : step;
  const output = entry('y', 'b * uniforms.time + t');

  const given = (plane: number): string => entry('given', `${plane}u * uniforms.batch + b`);
  const vector = (line: string): string =>
    entry('given', `${states.length + masks.length}u * uniforms.batch + ${line}`);
  const after = (state: string): string => {
    const { length } = saved.states;
    const place = saved.states.indexOf(state);
    return place < 0 ? output : entry('states', `${position} * ${length}u + ${place}u`);
  };
  const setting = (name: string): string => `uniforms.setting_${name}`;
  const inputPart = (block: string): string => {
    const line = `(b * uniforms.time + t) * ${inputBlocks}u + uniforms.input_${block}`;
    const bias = vector(`${parameters.length}u + uniforms.input_${block}`);
    return `${entry('projected', line)}${biases.input === undefined ? '' : ` + ${bias}`}`;
  };
  const input = (block: string): string =>
    repeats ? `input_${block}(t, level, b, unit)` : inputPart(block);
  const recurrent = (block: string): string => {
    const first = parameters.length + (biases.input === undefined ? 0 : inputBlocks);
    const line = `${first}u + ${repeats ? `level * ${recurrentBlocks}u + ` : ''}uniforms.own_${block}`;
    return `sum_${block}${biases.recurrent === undefined ? '' : ` + ${vector(line)}`}`;
  };
  const gate = (name: string): string => {
    const { shift } = cell.blocks.find((block) => block.name === name)!;
    const shifted = typeof shift === 'string' ? setting(shift) : numberOf(shift ?? 0);
    // A bias is added to its own part, but the only one comes last.
    const part = biases.recurrent === undefined ? input(name) : `(${input(name)})`;
    return `${recurrent(name)} + ${part}${shift === undefined ? '' : ` + ${shifted}`}`;
  };

  const stored = new Map<number, string>();
  for (const { node, block } of kept) {
    const { length } = saved.activations;
    const index = `${saved.activations.indexOf(node)}u`;
    const place = block === undefined ? index : `uniforms.kept_${block}`;
    stored.set(node, entry('activations', `${position} * ${length}u + ${place}`));
  }
  for (const state of states) {
    const { op, args } = cell.nodes[cell.next[state]!]!;
    // What else has no operands is read where it comes from.
    if (isSum(op) || args.length > 0) stored.set(cell.next[state]!, after(state));
  }
  const before = states.map((state, k): [string, string] => [
    `before${k}`,
    `
    fn before${k}(next : u32, nextLevel : u32, b : u32, unit : u32) -> f32 {
      if (next == 0u && nextLevel == 0u) { return ${given(k)}; }
      let t = ${repeats ? 'select(next, next - 1u, nextLevel == 0u)' : 'next - 1u'};
      ${repeats ? 'let level = select(nextLevel, uniforms.depth, nextLevel == 0u) - 1u;' : ''}
      return ${after(state)};
    }`,
  ]);
  const firstOnly = [...blocks.input].map((block): [string, string] => [
    `input_${block}`,
    `
    fn input_${block}(t : u32, level : u32, b : u32, unit : u32) -> f32 {
      if (level > 0u) { return 0.0; }
      return ${inputPart(block)};
    }`,
  ]);
  return {
    ...{ inputBlocks, recurrentBlocks, output, after, vector, stored },
    leaf: ({ op, name = '', value = 0 }) => {
      if (op === 'state') return `before${states.indexOf(name)}(t, level, b, unit)`;
      if (op === 'mask') return given(states.length + masks.indexOf(name));
      if (op === 'parameter') return vector(`${parameters.indexOf(name)}u`);
      if (op === 'setting') return setting(name);
      if (op === 'constant') return numberOf(value);
      if (op === 'input') return input(name);
      return op === 'gate' ? gate(name) : recurrent(name);
    },
    functions: Object.fromEntries([...before, ...firstOnly]),
  };
}

/** WGSL of a number. */
const numberOf = (value: number): string => `f32(${value})`;
