import { constant, glorotUniform, glorotWeights, uniform, uniformWeights } from '@secateur/cells';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const mean = (data: Float32Array): number => data.reduce((sum, x) => sum + x, 0) / data.length;

describe('uniform', () => {
  test('stays between min and max and fills the shape', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
        (seed, shape) => {
          const { data, shape: actual } = uniform(shape, { min: -0.25, max: 0.75, seed });
          expect(actual).toEqual(shape);
          expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
          return data.every((value) => value >= -0.25 && value <= 0.75);
        },
      ),
    );
  });

  test('has the mean and the variance of the distribution', () => {
    const { data } = uniform([100, 400], { min: -0.04, max: 0.04, seed: 1 });
    expect(Math.abs(mean(data))).toBeLessThan(5e-4);
    // The variance of a uniform distribution of width w is w^2 / 12.
    const variance = mean(data.map((x) => x * x));
    expect(Math.abs(variance / (0.08 ** 2 / 12) - 1)).toBeLessThan(0.02);
  });

  test('repeats with its seed and differs with another', () => {
    const draw = (seed: number): Float32Array => uniform([8], { min: 0, max: 1, seed }).data;
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });

  test('refuses bad shapes, bounds and seeds', () => {
    expect(() => uniform([2, -1], { min: 0, max: 1, seed: 1 })).toThrow(
      'uniform: expected shape to be a list of whole numbers of at least 0, found [2,-1]',
    );
    expect(() => uniform([2], { min: 1, max: 0, seed: 1 })).toThrow(
      'uniform: expected min to be at most max, found 1 and 0',
    );
    expect(() => uniform([2], { min: Number.NaN, max: 0, seed: 1 })).toThrow(
      'uniform: expected min to be a finite number, found NaN',
    );
    expect(() => uniform([2], { min: 0, max: 1, seed: 1.5 })).toThrow(
      'uniform: expected the seed to be a whole number, found 1.5',
    );
  });
});

describe('glorotUniform', () => {
  test('takes its limit from both fans', () => {
    const { data } = glorotUniform([60, 90], { seed: 3 });
    const limit = Math.sqrt(6 / 150);
    const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(largest).toBeLessThanOrEqual(Math.fround(limit));
    expect(largest).toBeGreaterThan(0.99 * limit);
  });

  test('lets the fans be given', () => {
    const { data } = glorotUniform([1000], { seed: 3, fanIn: 5, fanOut: 1 });
    const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(largest).toBeGreaterThan(0.98);
    expect(largest).toBeLessThanOrEqual(1);
  });

  test('asks for the fans of a vector', () => {
    expect(() => glorotUniform([4], { seed: 1 })).toThrow(
      'glorotUniform: expected at least two axes or both fans, found shape [4]',
    );
    expect(() => glorotUniform([4], { seed: 1, fanIn: 0, fanOut: 0 })).toThrow(
      'glorotUniform: expected fanIn + fanOut to be above 0, found 0',
    );
  });
});

describe('initializers of a model', () => {
  test('give matrices of one shape different values and start biases at zero', () => {
    for (const init of [uniformWeights({ min: -1, max: 1, seed: 2 }), glorotWeights({ seed: 2 })]) {
      expect(init('a', [3, 4]).data).not.toEqual(init('b', [3, 4]).data);
      expect(init('a', [3, 4]).data).toEqual(init('a', [3, 4]).data);
      expect([...init('a', [3]).data]).toEqual([0, 0, 0]);
    }
  });
});

describe('constant', () => {
  test('fills with one value, by default zero', () => {
    expect(constant([2, 2], 3)).toEqual({ shape: [2, 2], data: new Float32Array([3, 3, 3, 3]) });
    expect([...constant([2]).data]).toEqual([0, 0]);
    expect(() => constant([2], Infinity)).toThrow('constant: expected value to be a finite number');
  });
});
