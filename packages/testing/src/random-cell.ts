import {
  add,
  type BiasForm,
  type Cell,
  defineCell,
  type Expression,
  gate,
  input,
  mul,
  recurrent,
  relu,
  sigmoid,
  sub,
  tanh,
} from '@secateur/kernels';
import fc from 'fast-check';

const nonlinear = { sigmoid, tanh, relu };
const binary = { add, sub, mul };

/** What {@link randomCells} draws for one cell; everything else follows. */
interface Draw {
  readonly states: number;
  readonly masks: number;
  readonly parameters: number;
  readonly setting: boolean;
  readonly bias: BiasForm;
  readonly repeats: boolean;
  readonly output: number;
  readonly blocks: readonly {
    readonly form: 'gate' | 'shifted' | 'input' | 'recurrent' | 'parts';
    readonly read: number;
    readonly late: boolean;
    readonly onlyRead: boolean;
    readonly then: 'sigmoid' | 'tanh' | 'relu' | 'nothing';
  }[];
  readonly equations: readonly {
    readonly op: 'add' | 'sub' | 'mul' | 'sigmoid' | 'tanh' | 'relu' | 'constant';
    readonly a: number;
    readonly b: number;
  }[];
  readonly next: readonly number[];
}

const place = fc.nat({ max: 1000 });

const draws: fc.Arbitrary<Draw> = fc.record({
  states: fc.integer({ min: 1, max: 3 }),
  masks: fc.integer({ min: 0, max: 1 }),
  parameters: fc.integer({ min: 0, max: 2 }),
  setting: fc.boolean(),
  bias: fc.constantFrom('input', 'recurrent', 'both', 'none'),
  repeats: fc.boolean(),
  output: place,
  blocks: fc.array(
    fc.record({
      form: fc.constantFrom('gate', 'shifted', 'input', 'recurrent', 'parts'),
      read: place,
      late: fc.boolean(),
      onlyRead: fc.boolean(),
      then: fc.constantFrom('sigmoid', 'tanh', 'relu', 'nothing'),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  equations: fc.array(
    fc.record({
      op: fc.constantFrom('add', 'sub', 'mul', 'sigmoid', 'tanh', 'relu', 'constant'),
      a: place,
      b: place,
    }),
    { maxLength: 8 },
  ),
  next: fc.array(place, { minLength: 3, maxLength: 3 }),
});

/** Cells with one to three states, one to four blocks, and whatever equations come along. */
export const randomCells: fc.Arbitrary<Cell> = draws.map(cellOf);

function cellOf(draw: Draw): Cell {
  const states = ['h', 'c', 'm'].slice(0, draw.states);
  const masks = ['keep'].slice(0, draw.masks);
  const parameters = ['p', 'q'].slice(0, draw.parameters);
  const letters = 'abcd'.slice(0, draw.blocks.length);
  return defineCell({
    name: 'random',
    states,
    output: states[draw.output % states.length]!,
    blocks: letters,
    bias: draw.bias,
    repeats: draw.repeats && draw.blocks.some(({ form }) => form !== 'input'),
    masks,
    parameters,
    settings: (draw.setting ? { extra: 0.5 } : {}) as Record<string, number>,
    equations: (leaves) => {
      const pool: Expression[] = Object.values(leaves);
      const pick = (at: number): Expression => pool[at % pool.length]!;
      const sums: Expression[] = [];
      draw.blocks.forEach(({ form, read, late, onlyRead, then }, k) => {
        const letter = letters[k]!;
        const sum = sumOf(form, letter, late ? pool.at(-1)! : pick(read));
        // What the next product reads is used, also where nothing else takes it.
        const next = draw.blocks[k + 1];
        if (!(onlyRead && next?.late === true && next.form !== 'input')) sums.push(...sum);
        const value = sum.reduce((a, b) => mul(a, b));
        pool.push(then === 'nothing' ? value : nonlinear[then](value));
      });
      for (const { op, a, b } of draw.equations) {
        if (op === 'constant') pool.push(mul(pick(a), b / 1000));
        else if (op in binary) pool.push(binary[op as 'add'](pick(a), pick(b)));
        else pool.push(nonlinear[op as 'tanh'](pick(a)));
      }
      // Every name has to be used, and states must not grow without bound.
      const rest = [...sums, ...Object.values(leaves)].reduce((a, b) => add(a, b));
      const others = states.slice(1).map((state, k) => [state, pick(draw.next[k]!)] as const);
      const bounded = others.map(([state, value]) => [state, tanh(value)] as const);
      const first = add(mul(sigmoid(rest), pick(draw.next[2]!)), tanh(mul(rest, 0.3)));
      return Object.fromEntries([[states[0]!, tanh(first)], ...bounded]);
    },
  });
}

function sumOf(
  form: Draw['blocks'][number]['form'],
  letter: string,
  read: Expression,
): Expression[] {
  if (form === 'gate') return [gate(letter, read)];
  if (form === 'shifted') return [gate(letter, read, 0.25)];
  if (form === 'input') return [input(letter)];
  if (form === 'recurrent') return [recurrent(letter, read)];
  return [input(letter), recurrent(letter, read)];
}
