import {
  add,
  type CellDeclaration,
  cellReference,
  defineCell,
  type Expression,
  gate,
  input,
  KernelError,
  mul,
  recurrent,
  sigmoid,
  tanh,
} from '@secateur/kernels';
import { describe, expect, test } from 'vitest';

type Declaration = CellDeclaration<string, string, string, string>;

const simple: Declaration = {
  name: 'simple',
  states: ['h'],
  blocks: 'n',
  equations: ({ h }) => ({ h: tanh(gate('n', h!)) }),
};

const other: Expression = { op: 'state', name: 'elsewhere' };

const refused: readonly (readonly [string, Partial<Declaration>, string])[] = [
  ['no name', { name: '' }, 'expected a cell to have a name, found ""; name it'],
  ['no states', { states: [] }, 'expected "simple" to have a state, found none'],
  ['no list of states', { states: 'h' as never }, 'expected states of "simple" to be a list'],
  ['a name with a blank', { states: ['h t'] }, 'to be names of letters and digits, found "h t"'],
  ['one name twice', { masks: ['h'] }, 'expected the names of "simple" to differ, found "h" twice'],
  ['a name that every object has', { states: ['valueOf'] }, '"valueOf", which every object has;'],
  ...['kernel', 'recurrent', 'bias', 'recurrentBias'].map(
    (weight) =>
      [
        `a parameter named as the weight ${weight}`,
        {
          parameters: [weight],
          equations: ({ h, ...own }) => ({ h: mul(own[weight]!, tanh(gate('n', h!))) }),
        },
        `parameters of "simple" to have names of their own, found "${weight}", a weight of the products; rename it`,
      ] as (typeof refused)[number],
  ),
  ['an unknown output', { output: 'c' }, 'expected the output of "simple" to be one of h'],
  ['one block twice', { blocks: 'nn' }, 'expected blocks of "simple" to be different lower-case'],
  ['a block of two letters', { blocks: ['ig'] as never }, 'found ["ig"]; write them in a row'],
  ['an unknown bias', { bias: 'all' as never }, 'to be one of input, recurrent, both, none'],
  ['a setting that is no number', { settings: { s: NaN } }, 'setting s of "simple" to be a finite'],
  ['an order that lacks a block', { orders: { keras: 'm' } }, 'the order of keras to be a perm'],
  ['settings that are null', { settings: null as never }, 'settings of "simple" to be an object'],
  ['orders that are a list', { orders: ['n'] as never }, 'orders of "simple" to be an object'],
  [
    'an operation that there is not',
    { equations: ({ h }) => ({ h: { op: 'exp', of: [gate('n', h!)] } as never }) },
    'expected the operations of "simple" to be some of sigmoid, tanh, relu, add, sub, mul, found "exp"; write',
  ],
  [
    'an operation that lacks an operand',
    { equations: ({ h }) => ({ h: { op: 'add', of: [gate('n', h!)] } as never }) },
    'add in the equations of "simple" to take 2 expressions, found ',
  ],
  [
    'an operand beside a list of them',
    { equations: ({ h }) => ({ h: { op: 'tanh', of: gate('n', h!) } as never }) },
    'tanh in the equations of "simple" to take 1 expressions, found ',
  ],
  [
    'a gate that reads nothing',
    { equations: () => ({ h: { op: 'gate', block: 'n' } as never }) },
    'gate in the equations of "simple" to read an expression, found nothing',
  ],
  [
    'a constant without a value',
    { equations: ({ h }) => ({ h: mul({ op: 'constant' } as never, gate('n', h!)) }) },
    'constant in the equations of "simple" to have a finite value, found nothing',
  ],
  ['no equations', { equations: {} as never }, 'equations of "simple" to be a function'],
  ['an unused mask', { masks: ['keep'] }, 'to use "keep", found no use of it; leave it out'],
  ['an unused setting', { settings: { s: 1 } }, 'to use "s", found no use of it; leave it out'],
  ['an unused parameter', { parameters: ['p'] }, 'to use "p", found no use of it; leave it out'],
  ['an unused block', { blocks: 'nz' }, 'depend on the block "z", found no use of it; write gate('],
  [
    'a cell that repeats without recurrent weights',
    { repeats: true, equations: () => ({ h: tanh(input('n')) }) },
    'expected a block of "simple" with a recurrent part, as it repeats, found none; leave out',
  ],
  ['nothing returned', { equations: () => undefined as never }, 'to return the states'],
  [
    'a state that is not returned',
    { states: ['h', 'c'] },
    'to return an expression for the state c, found nothing',
  ],
  [
    'a state too many',
    { equations: ({ h }) => ({ h: tanh(gate('n', h!)), c: h! }) },
    'to return h, found "c" beside them; declare it as a state',
  ],
  [
    'an unknown block',
    { equations: ({ h }) => ({ h: tanh(gate('z', h!)) }) },
    'expected the equations of "simple" to use the blocks n, found "z"',
  ],
  [
    'a value of another cell',
    { equations: () => ({ h: tanh(gate('n', other)) }) },
    'expected the equations of "simple" to take only h, found "elsewhere"',
  ],
  [
    'a block that reads two values',
    { equations: ({ h }) => ({ h: add(gate('n', h!), gate('n', tanh(h!))) }) },
    'expected the block "n" of "simple" to read one value, found two',
  ],
  [
    'a block that is taken whole and in parts',
    { equations: ({ h }) => ({ h: add(gate('n', h!), input('n')) }) },
    'the block "n" of "simple" to be taken whole or in parts, found both',
  ],
  [
    'two numbers added to a block',
    { equations: ({ h }) => ({ h: add(gate('n', h!, 1), gate('n', h!, 2)) }) },
    'one number to be added to the block "n" of "simple", found two',
  ],
  [
    'a state added to a block',
    { equations: ({ h }) => ({ h: gate('n', h!, h!) }) },
    'to be a number or a setting, found state; use add(gate(...), ...)',
  ],
];

describe('defineCell', () => {
  test('lets states, masks and settings have the names of weights, which are apart from them', () => {
    const cell = defineCell({
      ...{ name: 'apart', states: ['kernel'], masks: ['bias'], blocks: 'n' },
      settings: { recurrent: 2 },
      equations: ({ kernel, bias, recurrent }) => ({
        kernel: mul(recurrent, mul(bias, gate('n', kernel))),
      }),
    });
    const weights = { kernel: [3], recurrent: [5], bias: [7] };
    const inputs = { batch: 1, time: 1, input: 1, units: 1, x: [1], weights };
    // 2 * 11 * (3 * 1 + 5 * 13 + 7)
    expect(
      cellReference(cell, { ...inputs, states: { kernel: [13] }, masks: { bias: [11] } }).y,
    ).toEqual(new Float64Array([1650]));
  });
  test.each(refused)('refuses %s', (_, change, message) => {
    const make = (): unknown => defineCell({ ...simple, ...change });
    expect(make).toThrow(KernelError);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'cell' }));
  });
  test('refuses what is neither an expression nor a number', () => {
    expect(() => add(undefined as never, 1)).toThrow(
      'add: expected an expression or a finite number, found nothing; take the values',
    );
    expect(() => mul(1, Infinity)).toThrow('mul: expected an expression or a finite number');
    expect(() => sigmoid(null as never)).toThrow('sigmoid: expected an expression');
  });
  test('refuses what is no declaration', () => {
    for (const none of [null, undefined, 'lstm'])
      expect(() => defineCell(none as never)).toThrow('defineCell: expected a declaration, found ');
  });
  test('keeps nothing that its caller may change later', () => {
    const given = {
      ...{ name: 'own', states: ['h'], masks: ['m'], parameters: ['p'], blocks: 'n' },
      ...{ settings: { s: 1 } as Record<string, number>, orders: { keras: 'n' } as object },
      equations: (all: Readonly<Record<string, Expression>>) => ({
        h: mul(all['m']!, add(all['s']!, mul(all['p']!, gate('n', all['h']!)))),
      }),
    };
    const cell = defineCell(given as never);
    const before = structuredClone(cell);
    for (const names of [given.states, given.masks, given.parameters]) names.push('later');
    Object.assign(given.settings, { later: 2 });
    Object.assign(given.orders, { later: 'x' });
    expect(cell).toEqual(before);
  });
  test('finds common parts once, whoever wrote them', () => {
    const cell = defineCell({
      ...simple,
      equations: ({ h }) => ({
        h: mul(tanh(gate('n', mul(h!, h!))), tanh(gate('n', mul(h!, h!)))),
      }),
    });
    expect(cell.nodes.map(({ op }) => op)).toEqual(['state', 'mul', 'gate', 'tanh', 'mul']);
    expect(cell.start).toEqual([1]);
    expect(cell.stages).toEqual([
      { products: [{ read: 1, blocks: 'n' }], blocks: 'n', nodes: [3, 4] },
    ]);
    expect(cell.next).toEqual({ h: 4 });
  });
  test('makes a stage of what waits for a product, a product of what reads one value', () => {
    const cell = defineCell({
      ...simple,
      blocks: 'abcd',
      equations: ({ h }) => {
        const [a, b] = [sigmoid(gate('a', h!)), sigmoid(gate('b', tanh(h!)))];
        return { h: mul(gate('d', mul(a, b)), add(recurrent('c', h!), input('c'))) };
      },
    });
    expect(cell.stages.map(({ products }) => products.map(({ blocks }) => blocks))).toEqual([
      ['ac', 'b'],
      ['d'],
    ]);
    expect(cell.blocks[2]).toEqual({ name: 'c', input: true, recurrent: true, split: true });
  });
});
