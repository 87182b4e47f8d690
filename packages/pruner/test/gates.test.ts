import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { convertGates, foldForgetBias } from '@whittle/pruner';

const orders = ['ifgo', 'igfo', 'iofg', 'fiog'];

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

  test('is undone by the way back', () => {
    const order = fc.constantFrom(...orders);
    fc.assert(
      fc.property(order, order, fc.integer({ min: 1, max: 3 }), (from, to, units) => {
        const data = Float32Array.from({ length: 8 * units }, (_, i) => i);
        const weight = { shape: [2, 4 * units], data };
        expect(convertGates(convertGates(weight, from, to), to, from)).toEqual(weight);
      }),
    );
  });

  test('refuses an order that is none', () => {
    const bias = { shape: [4], data: new Float32Array(4) };
    expect(() => convertGates(bias, 'ijfo', 'ifgo')).toThrow(
      'convertGates: expected a gate order with each of i, f, g and o once, found "ijfo"',
    );
  });

  test('refuses a width that is not four blocks', () => {
    const bias = { shape: [6], data: new Float32Array(6) };
    expect(() => convertGates(bias, 'ifgo', 'igfo')).toThrow(
      'expected four equal gate blocks along axis 0, found shape [6]',
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
