import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { convertGates, foldForgetBias } from '@secateur/pruner';

const orders = ['ifgo', 'igfo', 'iofg', 'fiog'];
const gruOrders = ['zrn', 'rzn', 'nzr'];

describe('convertGates', () => {
  test('moves the blocks of TensorFlow 1 to the order of Keras', () => {
    const kernel = { shape: [2, 8], data: Float32Array.from({ length: 16 }, (_, i) => i) };
    // Blocks of two columns: i, g, f, o become i, f, g, o.
    expect([...convertGates(kernel, 'igfo', 'ifgo').data]).toEqual([
      0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15,
    ]);
  });

  test('moves blocks of rows along another axis', () => {
    const weight = { shape: [4, 1], data: Float32Array.of(0, 1, 2, 3) };
    expect([...convertGates(weight, 'ifgo', 'iofg', { axis: 0 }).data]).toEqual([0, 3, 1, 2]);
  });

  test("moves a GRU's blocks of PyTorch to the order of Keras", () => {
    const weight = { shape: [2, 6], data: Float32Array.from({ length: 12 }, (_, i) => i) };
    // Blocks of two columns: r, z, n become z, r, n.
    expect([...convertGates(weight, 'rzn', 'zrn').data]).toEqual([
      2, 3, 0, 1, 4, 5, 8, 9, 6, 7, 10, 11,
    ]);
  });

  test.each([orders, gruOrders])('is undone by the way back: %s', (...choices) => {
    const order = fc.constantFrom(...choices);
    fc.assert(
      fc.property(order, order, fc.integer({ min: 1, max: 3 }), (from, to, units) => {
        const width = from.length * units;
        const data = Float32Array.from({ length: 2 * width }, (_, i) => i);
        const weight = { shape: [2, width], data };
        expect(convertGates(convertGates(weight, from, to), to, from)).toEqual(weight);
      }),
    );
  });

  test('an array without values is reordered at once, whatever its shape', () => {
    const empty = { shape: [1_000_000, 1_000_000, 0, 4], data: new Float32Array(0) };
    expect(convertGates(empty, 'ifgo', 'igfo')).toEqual(empty);
    const gates = { shape: [10_000_000, 0], data: new Float32Array(0) };
    expect(convertGates(gates, 'ifgo', 'igfo', { axis: 0 })).toEqual(gates);
  });

  test.each([
    [[4_000_000_000, 0], 'expected at most 10000000 places along an axis of weight "weight"'],
    [
      [4_000_000_000],
      'expected 4000000000 values in weight "weight" of shape [4000000000], found 0',
    ],
  ])('refuses shape %j without values', (shape, message) => {
    const weight = { shape, data: new Float32Array(0) };
    expect(() => convertGates(weight, 'ifgo', 'igfo', { axis: 0 })).toThrow(message);
  });

  test('refuses an order that is none', () => {
    const bias = { shape: [4], data: new Float32Array(4) };
    expect(() => convertGates(bias, 'ijfo', 'ifgo')).toThrow(
      'convertGates: expected two orders of the same blocks, a letter for each, found "ijfo" and "ifgo"',
    );
    expect(() => convertGates(bias, 'zrn', 'zrh')).toThrow('found "zrn" and "zrh"');
    expect(() => convertGates(bias, 'zzrn', 'zrzn')).toThrow('found "zzrn" and "zrzn"');
    expect(() => convertGates(bias, '', '')).toThrow('found "" and ""');
  });

  test('refuses orders of two cells', () => {
    const bias = { shape: [12], data: new Float32Array(12) };
    expect(() => convertGates(bias, 'ifgo', 'zrn')).toThrow(
      'convertGates: expected two orders of the same blocks, a letter for each, found "ifgo" and "zrn"',
    );
  });

  test('refuses a width that is not so many blocks', () => {
    const bias = { shape: [6], data: new Float32Array(6) };
    expect(() => convertGates(bias, 'ifgo', 'igfo')).toThrow(
      'expected 4 equal gate blocks along axis 0, found shape [6]',
    );
    expect(() => convertGates({ ...bias, shape: [1, 6] }, 'zrn', 'rzn', { axis: 0 })).toThrow(
      'expected 3 equal gate blocks along axis 0, found shape [1, 6]',
    );
  });
});

describe('foldForgetBias', () => {
  test('adds to the forget block alone and leaves the old bias as it is', () => {
    const bias = { shape: [8], data: new Float32Array(8) };
    expect([...foldForgetBias(bias, 'igfo', 1).data]).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
    expect([...bias.data]).toEqual(new Array(8).fill(0));
  });

  test('refuses a matrix', () => {
    const kernel = { shape: [2, 4], data: new Float32Array(8) };
    expect(() => foldForgetBias(kernel, 'ifgo', 1)).toThrow(
      'foldForgetBias: expected a bias [4*units] and a finite forget bias, found shape [2, 4] and 1',
    );
  });
});
