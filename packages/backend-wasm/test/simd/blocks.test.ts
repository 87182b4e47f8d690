import {
  Concat,
  concat,
  engine,
  split,
  SplitV,
  tensor,
  tidy,
  type DataType,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { beforeEach, expect, test } from 'vitest';
import { describeBuilds, soilMemory } from './builds.ts';

/** Numbers that name their place, so that one in the wrong place shows. */
const places = (shape: readonly number[], from = 0): number[] =>
  Array.from({ length: shape.reduce((size, next) => size * next, 1) }, (_, i) => from + i);

/** The part of a row-major array from `begin` on along an axis, `size` wide. */
function part(
  values: readonly number[],
  shape: readonly number[],
  axis: number,
  [begin, size]: readonly [number, number],
): number[] {
  const inner = shape.slice(axis + 1).reduce((product, next) => product * next, 1);
  return values.filter((_, i) => {
    const index = Math.floor(i / inner) % shape[axis]!;
    return index >= begin && index < begin + size;
  });
}

const cases: readonly (readonly [shape: number[], axis: number, sizes: number[]])[] = [
  [[6], 0, [1, 5]],
  [[5, 3], 0, [2, 3]],
  [[4, 11], 1, [3, 1, 7]],
  [[3, 4, 20], 2, [4, 16]],
  [[3, 7, 5], 1, [2, 5]],
  [[2, 3, 2, 9], 3, [2, 7]],
  [[2, 3, 2, 9], 2, [1, 1]],
  [[2, 6, 3], -2, [6]],
  [[3, 5], 1, [0, 5, 0]],
  [[0, 5], 1, [2, 3]],
];

describeBuilds('Concat and SplitV', () => {
  beforeEach(soilMemory);

  test.each(cases)('of %j along axis %i in parts of %j', (shape, axis, sizes) => {
    const at = axis < 0 ? axis + shape.length : axis;
    const values = places(shape);
    tidy(() => {
      for (const dtype of ['float32', 'int32'] as const) {
        const parts = split(tensor(values, shape, dtype), [...sizes], axis);
        let begin = 0;
        parts.forEach((actual, k) => {
          expect(actual.shape).toEqual(shape.with(at, sizes[k]!));
          expect(actual.dtype).toBe(dtype);
          expect([...actual.dataSync()]).toEqual(part(values, shape, at, [begin, sizes[k]!]));
          begin += sizes[k]!;
        });
        const joined = concat(parts, axis);
        expect(joined.shape).toEqual(shape);
        expect(joined.dtype).toBe(dtype);
        expect([...joined.dataSync()]).toEqual(values);
      }
    });
  });

  test('a number of parts, and one part that is the whole', () => {
    tidy(() => {
      const x = tensor(places([2, 6]), [2, 6]);
      const thirds = split(x, 3, 1).map((each) => [...each.dataSync()]);
      expect(thirds).toEqual([
        [0, 1, 6, 7],
        [2, 3, 8, 9],
        [4, 5, 10, 11],
      ]);
      expect([...split(x, 1, 0)[0]!.dataSync()]).toEqual(places([2, 6]));
    });
  });

  test('leaves other types to the stock kernels', () => {
    tidy(() => {
      const flags = tensor([1, 0, 1, 1], [2, 2], 'bool' as DataType);
      const [first, second] = split(flags, 2, 1) as [Tensor, Tensor];
      expect([...first.dataSync()]).toEqual([1, 1]);
      expect([...concat([second, first], 1).dataSync()]).toEqual([0, 1, 1, 1]);
    });
  });

  test('says what does not fit, and keeps no tensors', () => {
    const before = engine().memory().numTensors;
    tidy(() => {
      const [a, b] = [tensor(places([2, 3]), [2, 3]), tensor(places([3, 3]), [3, 3])];
      expect(() => engine().runKernel(Concat, [a, b] as never, { axis: 1 })).toThrow(/concat/i);
      expect(() =>
        engine().runKernel(SplitV, { x: a }, { numOrSizeSplits: [1, 1], axis: 1 }),
      ).toThrow(/sum of sizes/);
    });
    expect(engine().memory().numTensors).toBe(before);
  });
});
