import {
  type Cell,
  cellGradientReference,
  type CellInputs,
  cellReference,
  type CellUpstream,
  coupledLstmCell,
  gruCell,
  gruResetBeforeCell,
  liGruCell,
  lstmCell,
  peepholeLstmCell,
  rhnCell,
  simpleRnnCell,
  simpleRnnReluCell,
  weightBlocks,
  weightShapes,
} from '@secateur/kernels';
import { expectAllClose, numbers, sizeOf } from '@secateur/testing';
import { describe, expect, test } from 'vitest';

// The equations a second time, in loops over the units of one sequence, with nothing of the definitions.
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const sizes = { batch: 1, time: 3, input: 2, units: 3 };
const [I, H] = [sizes.input, sizes.units];
const close = { rtol: 1e-13, atol: 1e-15 };

function inputsOf(cell: Cell, depth = 1): CellInputs {
  const shapes = Object.entries(weightShapes(cell, { ...sizes, depth }));
  return {
    ...sizes,
    depth,
    x: numbers(sizes.time * I, 1),
    weights: Object.fromEntries(
      shapes.map(([name, shape], k) => [name, numbers(sizeOf(shape), k + 2)]),
    ),
    states: Object.fromEntries(cell.states.map((name, k) => [name, numbers(H, 20 + k)])),
  };
}

/** `vector W`, column `at` of `width`. */
const dot = (vector: ArrayLike<number>, w: ArrayLike<number>, width: number, at: number): number =>
  Array.from(vector).reduce((sum, value, i) => sum + value * w[i * width + at]!, 0);

const xAt = ({ x }: CellInputs, t: number): number[] => Array.from(x).slice(t * I, (t + 1) * I);

const units = Array.from({ length: H }, (_, j) => j);

type Arrays = Record<string, Float64Array>;

describe('lstmCell', () => {
  test('is f * c + i * g and o * tanh(c), with the bias of the forget gate shifted', () => {
    const inputs = inputsOf(lstmCell);
    const { kernel, recurrent, bias } = inputs.weights as Arrays;
    let [h, c] = [[...(inputs.states as Arrays)['h']!], [...(inputs.states as Arrays)['c']!]];
    const y: number[] = [];
    for (let t = 0; t < sizes.time; t++) {
      const z = (block: number, j: number): number => {
        const at = block * H + j;
        return dot(xAt(inputs, t), kernel!, 4 * H, at) + dot(h, recurrent!, 4 * H, at) + bias![at]!;
      };
      const next = units.map(
        (j) => sigmoid(z(1, j) + 0.7) * c[j]! + sigmoid(z(0, j)) * Math.tanh(z(2, j)),
      );
      h = units.map((j) => sigmoid(z(3, j)) * Math.tanh(next[j]!));
      c = next;
      y.push(...h);
    }
    const found = cellReference(lstmCell, { ...inputs, settings: { forgetBias: 0.7 } });
    expectAllClose(found.y, y, close);
    expectAllClose(found.states['c']!, c, close);
  });
});

describe.each([
  { name: 'gruCell', cell: gruCell, resetAfter: true },
  { name: 'gruResetBeforeCell', cell: gruResetBeforeCell, resetAfter: false },
])('$name', ({ cell, resetAfter }) => {
  test('is z * h + (1 - z) * n, with the reset gate in its place', () => {
    const inputs = inputsOf(cell);
    const { kernel, recurrent, bias, recurrentBias } = inputs.weights as Arrays;
    let h = [...(inputs.states as Arrays)['h']!];
    const y: number[] = [];
    for (let t = 0; t < sizes.time; t++) {
      const part = (block: number, j: number): number =>
        dot(xAt(inputs, t), kernel!, 3 * H, block * H + j) + bias![block * H + j]!;
      const own = (block: number, j: number, read: readonly number[]): number =>
        dot(read, recurrent!, 3 * H, block * H + j) + (recurrentBias?.[block * H + j] ?? 0);
      const before = h;
      const r = units.map((j) => sigmoid(part(1, j) + own(1, j, before)));
      const kept = before.map((value, j) => r[j]! * value);
      h = units.map((j) => {
        const z = sigmoid(part(0, j) + own(0, j, before));
        const from = resetAfter ? r[j]! * own(2, j, before) : own(2, j, kept);
        return z * before[j]! + (1 - z) * Math.tanh(part(2, j) + from);
      });
      y.push(...h);
    }
    expectAllClose(cellReference(cell, inputs).y, y, close);
  });
});

describe('rhnCell', () => {
  test('is h * t + s * (1 - t) at each depth, and reads the input at the first', () => {
    const depth = 2;
    const inputs = inputsOf(rhnCell, depth);
    const mask = [0, 2, 2];
    const { kernel, recurrent, bias } = inputs.weights as Arrays;
    let s = [...(inputs.states as Arrays)['s']!];
    const y: number[] = [];
    for (let t = 0; t < sizes.time; t++) {
      for (let level = 0; level < depth; level++) {
        const read = s.map((value, j) => value * mask[j]!);
        const z = (block: number, j: number): number => {
          const at = level * 2 * H + block * H + j;
          const from = level === 0 ? dot(xAt(inputs, t), kernel!, 2 * H, block * H + j) : 0;
          return from + dot(read, recurrent!, depth * 2 * H, at) + bias![at]!;
        };
        s = s.map((value, j) => {
          const transform = sigmoid(z(1, j) - 2);
          return Math.tanh(z(0, j)) * transform + value * (1 - transform);
        });
      }
      y.push(...s);
    }
    const given = { ...inputs, masks: { mask }, settings: { transformBias: -2 } };
    expectAllClose(cellReference(rhnCell, given).y, y, close);
  });
});

/** Runs one sequence by equations in plain numbers: `z` is what a block gets of unit `j`. */
function byHand(
  inputs: CellInputs,
  blocks: string,
  step: (
    z: (block: string, j: number) => number,
    before: Arrays,
    weights: Arrays,
  ) => Record<string, number[]>,
): number[] {
  const weights = inputs.weights as Arrays;
  let states = inputs.states as Record<string, ArrayLike<number>>;
  const y: number[] = [];
  for (let t = 0; t < sizes.time; t++) {
    const before = states as Arrays;
    const z = (block: string, j: number): number => {
      const [width, at] = [blocks.length * H, blocks.indexOf(block) * H + j];
      const from = dot(xAt(inputs, t), weights['kernel']!, width, at);
      return from + dot(before['h']!, weights['recurrent']!, width, at) + weights['bias']![at]!;
    };
    const next = step(z, before, weights);
    states = next;
    y.push(...next['h']!);
  }
  return y;
}

describe('other published cells', () => {
  test('simpleRnnCell and its relu are one equation', () => {
    for (const [cell, f] of [
      [simpleRnnCell, Math.tanh],
      [simpleRnnReluCell, (x: number): number => Math.max(x, 0)],
    ] as const) {
      const inputs = inputsOf(cell);
      const y = byHand(inputs, 'h', (z) => ({ h: units.map((j) => f(z('h', j))) }));
      expectAllClose(cellReference(cell, inputs).y, y, close);
    }
  });
  test('peepholeLstmCell looks at the state before it, and its output gate at that after it', () => {
    const inputs = inputsOf(peepholeLstmCell);
    const y = byHand(inputs, 'ifgo', (z, { c }, w) => {
      const next = units.map((j) => {
        const i = sigmoid(z('i', j) + w['inputPeephole']![j]! * c![j]!);
        const f = sigmoid(z('f', j) + 1 + w['forgetPeephole']![j]! * c![j]!);
        return f * c![j]! + i * Math.tanh(z('g', j));
      });
      const o = units.map((j) => sigmoid(z('o', j) + w['outputPeephole']![j]! * next[j]!));
      return { h: units.map((j) => o[j]! * Math.tanh(next[j]!)), c: next };
    });
    const given = { ...inputs, settings: { forgetBias: 1 } };
    expectAllClose(cellReference(peepholeLstmCell, given).y, y, close);
  });
  test('coupledLstmCell forgets 1 - i', () => {
    const inputs = inputsOf(coupledLstmCell);
    const y = byHand(inputs, 'igo', (z, { c }) => {
      const next = units.map((j) => {
        const i = sigmoid(z('i', j));
        return (1 - i) * c![j]! + i * Math.tanh(z('g', j));
      });
      return { h: units.map((j) => sigmoid(z('o', j)) * Math.tanh(next[j]!)), c: next };
    });
    expectAllClose(cellReference(coupledLstmCell, inputs).y, y, close);
  });
  test('liGruCell is a GRU with a relu and without a reset gate', () => {
    const inputs = inputsOf(liGruCell);
    const y = byHand(inputs, 'zn', (z, { h }) => ({
      h: units.map((j) => {
        const update = sigmoid(z('z', j));
        return update * h![j]! + (1 - update) * Math.max(z('n', j), 0);
      }),
    }));
    expectAllClose(cellReference(liGruCell, inputs).y, y, close);
  });
});

describe('the order of blocks', () => {
  test.each([lstmCell, gruCell, gruResetBeforeCell])(
    'of $name moves columns and changes nothing',
    (cell) => {
      const inputs = inputsOf(cell);
      const own = cell.blocks.map(({ name }) => name).join('');
      const order = [...own].reverse().join('');
      const width = own.length * H;
      const moved = Object.entries(inputs.weights as Arrays).map(([name, values]) => {
        const columns = values.map((_, at) => {
          const column = at % width;
          const from = own.indexOf(order[Math.floor(column / H)]!) * H + (column % H);
          return values[at - column + from]!;
        });
        return [name, columns] as const;
      });
      const reordered = { ...inputs, weights: Object.fromEntries(moved), order };
      expect(moved[0]![1]).not.toEqual((inputs.weights as Arrays)['kernel']);
      expect(cellReference(cell, reordered)).toEqual(cellReference(cell, inputs));
    },
  );
  test('is checked', () => {
    expect(() => cellReference(lstmCell, { ...inputsOf(lstmCell), order: 'ifgg' })).toThrow(
      'blockOrder: expected the order of the blocks of "lstm" to be a permutation of "ifgo", found "ifgg"; name each block once, such as "ifgo" for keras',
    );
  });
});

describe('cellReference', () => {
  test('refuses arrays that do not fit, and a depth that the cell does not have', () => {
    const inputs = inputsOf(lstmCell);
    expect(() => cellReference(lstmCell, { ...inputs, x: [1] })).toThrow(
      'cellReference: expected x to hold [1, 3, 2], found 1 numbers; see weightShapes for what "lstm" reads.',
    );
    expect(() => cellReference(lstmCell, { ...inputs, weights: {} })).toThrow(
      'cellReference: expected kernel to hold [2, 12], found nothing',
    );
    expect(() => cellReference(lstmCell, { ...inputs, depth: 2 })).toThrow(
      expect.objectContaining({ code: 'argument' }),
    );
    expect(() => cellReference(lstmCell, { ...inputs, depth: 2 })).toThrow(
      'cellReference: expected a depth of 1, found 2; "lstm" does not repeat.',
    );
  });
  test('refuses names that the cell does not know, settings that are no numbers, and sizes that are none', () => {
    const inputs = inputsOf(lstmCell);
    const zeros = new Float64Array(H);
    const refused: readonly (readonly [Partial<CellInputs>, string])[] = [
      [{ settings: { forgetBais: 1 } }, 'settings to be forgetBias, found "forgetBais"; leave it'],
      [{ settings: { forgetBias: NaN } }, 'forgetBias to be a finite number, found NaN; leave it'],
      [{ states: { C: zeros } }, 'states to be h, c, found "C"; leave it out'],
      [{ masks: { mask: zeros } }, 'masks to be none, found "mask"; leave it out'],
      [
        { weights: { ...inputs.weights, Bias: zeros } },
        'weights to be kernel, recurrent, bias, found "Bias"; leave it out',
      ],
      [{ batch: 0.5, time: 6 }, 'batch to be a whole number from 0, found 0.5'],
      [{ time: NaN }, 'time to be a whole number from 0, found NaN'],
    ];
    for (const [change, message] of refused) {
      const given = { ...inputs, ...change };
      for (const [name, call] of [
        ['cellReference', () => cellReference(lstmCell, given)],
        ['cellGradientReference', () => cellGradientReference(lstmCell, given, {})],
      ] as const) {
        expect(call).toThrow(`${name}: expected ${message}`);
        expect(call).toThrow(expect.objectContaining({ name: 'KernelError', code: 'argument' }));
      }
    }
  });
});

describe('cellGradientReference', () => {
  test('refuses gradients in outputs and states that do not fit, or of states that are none', () => {
    const inputs = inputsOf(lstmCell);
    const refused: readonly (readonly [CellUpstream, string])[] = [
      [{ y: [1] }, 'expected upstream y to hold [1, 3, 3], found 1 numbers'],
      [{ y: numbers(10, 1) }, 'expected upstream y to hold [1, 3, 3], found 10 numbers'],
      [{ states: { c: [1] } }, 'expected upstream c to hold [1, 3], found 1 numbers'],
      [{ states: { C: [1, 2, 3] } }, 'upstream: expected states to be h, c, found "C"; leave it'],
    ];
    for (const [upstream, message] of refused)
      expect(() => cellGradientReference(lstmCell, inputs, upstream)).toThrow(
        `cellGradientReference: ${message}`,
      );
  });
});

describe('weightShapes and weightBlocks', () => {
  test('refuse sizes that are none, and a depth that the cell does not have', () => {
    for (const units of [-1, 1.5, NaN, '3' as never])
      expect(() => weightShapes(lstmCell, { input: 1, units })).toThrow(
        'weightShapes: expected units to be a whole number from 0, found ',
      );
    expect(() => weightShapes(lstmCell, { input: 1, units: 1, depth: 5 })).toThrow(
      'weightShapes: expected a depth of 1, found 5; "lstm" does not repeat.',
    );
    expect(() => weightBlocks(lstmCell, 5)).toThrow('weightBlocks: expected a depth of 1, found 5');
    for (const depth of [0, 1.5])
      expect(() => weightBlocks(rhnCell, depth)).toThrow(
        `weightBlocks: expected depth to be a whole number from 1, found ${depth}; leave it out`,
      );
  });
});
