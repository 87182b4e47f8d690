import { avgPool, maxPool, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { expectAllClose, floats } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { describeBuilds, soilMemory } from './builds.ts';

/** The entries of each window of 3 x 2 with strides of 2 x 1, by the definition of the padding `same`. */
function windowsOf(values: Float32Array, [, height, width, channels]: number[]): number[][] {
  const [rows, columns] = [Math.ceil(height! / 2), width!];
  const top = Math.floor(Math.max(0, (rows - 1) * 2 + 3 - height!) / 2);
  return Array.from({ length: rows * columns * channels! }, (_, place) => {
    const [c, x, y] = [
      place % channels!,
      Math.floor(place / channels!) % columns,
      Math.floor(place / channels! / columns),
    ];
    const inside: number[] = [];
    for (let row = 2 * y - top; row < 2 * y - top + 3; row++) {
      for (let column = x; column < Math.min(x + 2, width!); column++) {
        if (row >= 0 && row < height!)
          inside.push(values[(row * width! + column) * channels! + c]!);
      }
    }
    return inside;
  });
}

describeBuilds('pooling', () => {
  describe.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 33])('over %i channels', (channels) => {
    const shape: [number, number, number, number] = [1, 5, 4, channels];
    const values = floats(20 * channels, channels, 3).map((x) => x - 2);
    values[values.length - 1] = NaN;
    const windows = windowsOf(values, shape);
    test.each([
      ['maxima', maxPool, (held: number[]) => Math.max(...held)],
      ['means', avgPool, (held: number[]) => held.reduce((a, b) => a + b, 0) / held.length],
    ] as const)('gives the %s', (_, pool, f) => {
      soilMemory();
      tidy(() => {
        const actual = pool(tensor4d(values, shape), [3, 2], [2, 1], 'same').dataSync();
        const expected = windows.map(f);
        expect(Array.from(actual, Number.isNaN)).toEqual(expected.map(Number.isNaN));
        expectAllClose(
          Array.from(actual).filter((x) => !Number.isNaN(x)),
          expected.filter((x) => !Number.isNaN(x)),
        );
      });
    });
  });
  test('gives nothing of no images', () => {
    tidy(() => {
      const actual = maxPool(tensor4d([], [0, 5, 4, 3]), 2, 2, 'valid');
      expect(actual.shape).toEqual([0, 2, 2, 3]);
    });
  });
});
