// Where the tensors of a cell hold what, as WGSL. Each is a list of lines of as many numbers as there are units; the text knows
// the step `t`, the repetition `level`, the sequence `b` and the `unit`.
import { biasNames, blockOrder, type Cell, cellGradient, type Node, savedBy } from '@secateur/kernels';

/** WGSL: the entry of `unit` in a line. */
export const entry = (array: string, line: string): string =>
  `${array}[(${line}) * uniforms.units + unit]`;

/** WGSL of the places that a cell reads and writes. */
export interface CellMemory {
  /** How many blocks of columns the weights of inputs have. */
  readonly inputs: number;
  /** How many the recurrent weights of each repetition have. */
  readonly own: number;
  /** A state after the step or the repetition. */
  readonly after: (state: string) => string;
  /** What leaves are; `sums` are the WGSL variables of the products of blocks. */
  readonly leaf: (node: Node, sums?: Readonly<Record<string, string>>) => string;
  /** By node, where a step stores its value: what it keeps, and the states after it. */
  readonly stored: ReadonlyMap<number, string>;
  /** WGSL functions that leaves call. */
  readonly functions: Readonly<Record<string, string>>;
}

/** WGSL: the repetitions of a step. */
export const depthOf = ({ repeats }: Cell): string => (repeats ? 'uniforms.depth' : '1u');

/** WGSL: `t` and `level` from the number of repetitions before. */
export const positionFrom = ({ repeats }: Cell, count: string): string =>
  repeats
    ? `let t = (${count}) / uniforms.depth; let level = (${count}) % uniforms.depth;`
    : `let t = ${count}; let level = 0u;`;

/** The first line in `given` of what does not belong to a sequence: parameters, the biases of inputs, recurrent biases. */
export const vectorLine = ({ states, masks }: Cell, line: string): string =>
  `${states.length + masks.length}u * uniforms.batch + ${line}`;

/** Finds the places of a cell. */
export function cellMemory(cell: Cell): CellMemory {
  const { states, masks, parameters, blocks, nodes, next, repeats } = cell;
  const gradient = cellGradient(cell);
  const saved = savedBy(cell, gradient);
  const orders = blockOrder(cell);
  const [inputs, own] = [orders.input.length, orders.recurrent.length];
  const biases = biasNames(cell);
  const step = 't * uniforms.batch + b';
  const position = repeats ? `((${step}) * uniforms.depth + level)` : `(${step})`;

  const given = (plane: number): string => entry('given', `${plane}u * uniforms.batch + b`);
  const vector = (line: string): string => entry('given', vectorLine(cell, line));
  const after = (state: string): string => {
    const place = saved.states.indexOf(state);
    return place < 0
      ? entry('y', 'b * uniforms.time + t')
      : entry('states', `${position} * ${saved.states.length}u + ${place}u`);
  };
  const setting = (name: string): string => `uniforms.setting_${name}`;

  const inputPart = (block: string): string => {
    const line = `(b * uniforms.time + t) * ${inputs}u + uniforms.input_${block}`;
    const bias = `${parameters.length}u + uniforms.input_${block}`;
    return `${entry('projected', line)}${biases.input === undefined ? '' : ` + ${vector(bias)}`}`;
  };
  const input = (block: string): string =>
    repeats ? `input_${block}(t, level, b, unit)` : inputPart(block);
  const recurrent = (block: string, sum = ''): string => {
    if (biases.recurrent === undefined) return sum;
    const start = parameters.length + (biases.input === undefined ? 0 : inputs);
    const line = `${repeats ? `level * ${own}u + ` : ''}uniforms.own_${block}`;
    return `(${sum} + ${vector(`${start}u + ${line}`)})`;
  };
  const gate = (name: string, sum?: string): string => {
    const { shift = 0 } = blocks.find((block) => block.name === name)!;
    // Two biases are added to their own parts; a single one comes last.
    const part = biases.recurrent === undefined ? input(name) : `(${input(name)})`;
    const shifted = typeof shift === 'number' ? numberOf(shift) : setting(shift);
    return `${recurrent(name, sum)} + ${part}${shift === 0 ? '' : ` + ${shifted}`}`;
  };

  const stored = new Map<number, string>();
  for (const { node, block } of gradient.kept) {
    const place = block === undefined ? `${saved.activations.indexOf(node)}u` : `uniforms.kept_${block}`;
    stored.set(node, entry('activations', `${position} * ${saved.activations.length}u + ${place}`));
  }
  for (const state of states) {
    const { op, args } = nodes[next[state]!]!;
    const isSum = op === 'gate' || op === 'input' || op === 'recurrent';
    if (isSum || args.length > 0) stored.set(next[state]!, after(state));
  }
  return {
    inputs,
    own,
    after,
    stored,
    leaf: ({ op, name = '', value = 0 }, sums = {}) => {
      if (op === 'state') return `before${states.indexOf(name)}(t, level, b, unit)`;
      if (op === 'mask') return given(states.length + masks.indexOf(name));
      if (op === 'parameter') return vector(`${parameters.indexOf(name)}u`);
      if (op === 'setting') return setting(name);
      if (op === 'constant') return numberOf(value);
      if (op === 'input') return input(name);
      return op === 'gate' ? gate(name, sums[name]) : recurrent(name, sums[name]);
    },
    functions: Object.fromEntries([
      ...states.map((state, k) => [
        `before${k}`,
        `fn before${k}(stepAfter : u32, levelAfter : u32, b : u32, unit : u32) -> f32 {
          if (stepAfter == 0u && levelAfter == 0u) { return ${given(k)}; }
          let t = ${repeats ? 'select(stepAfter, stepAfter - 1u, levelAfter == 0u)' : 'stepAfter - 1u'};
          let level = select(levelAfter, ${depthOf(cell)}, levelAfter == 0u) - 1u;
          return ${after(state)};
        }`,
      ]),
      ...[...(repeats ? orders.input : '')].map((block) => [
        `input_${block}`,
        `fn input_${block}(t : u32, level : u32, b : u32, unit : u32) -> f32 {
          if (level > 0u) { return 0.0; }
          return ${inputPart(block)};
        }`,
      ]),
    ]) as Record<string, string>,
  };
}

/** WGSL of a number. */
const numberOf = (value: number): string => `f32(${value})`;
