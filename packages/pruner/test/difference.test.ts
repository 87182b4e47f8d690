import { describe, expect, test } from 'vitest';
import { maxAbsDifference } from '@secateur/pruner';

describe('maxAbsDifference', () => {
  test('finds the largest difference of either sign', () => {
    expect(maxAbsDifference(Float32Array.of(1, 2, 3), Float32Array.of(1.5, 2, 1))).toBe(2);
  });

  test('is zero for equal infinities and empty arrays', () => {
    expect(maxAbsDifference(Float32Array.of(Infinity), Float32Array.of(Infinity))).toBe(0);
    expect(maxAbsDifference(new Float32Array(), new Float32Array())).toBe(0);
  });

  test('never hides a NaN', () => {
    expect(maxAbsDifference(Float32Array.of(NaN, 1), Float32Array.of(NaN, 9))).toBeNaN();
    expect(maxAbsDifference(Float32Array.of(5, NaN), Float32Array.of(0, 1))).toBeNaN();
  });

  test('refuses arrays of different length', () => {
    expect(() => maxAbsDifference(new Float32Array(1), new Float32Array(2))).toThrow(
      'maxAbsDifference: expected two arrays of equal length, found 1 and 2',
    );
  });
});
