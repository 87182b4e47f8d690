import {
  engine,
  gather,
  grad,
  mul,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  UnsortedSegmentSum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { expectAllClose, floats } from '@secateur/testing';
import { beforeEach, expect, test } from 'vitest';
import { describeBuilds, soilMemory } from './builds.ts';

const widths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 33];

describeBuilds('GatherV2', () => {
  beforeEach(soilMemory);

  test.each(widths)('fetches rows of %i numbers', (width) => {
    const table = floats(5 * width, 1);
    const ids = [4, 0, 0, 3];
    tidy(() => {
      const actual = gather(tensor2d(table, [5, width]), tensor1d(ids, 'int32'));
      expect(actual.shape).toEqual([4, width]);
      const rows = ids.flatMap((id) => [...table.subarray(id * width, (id + 1) * width)]);
      expect([...actual.dataSync()]).toEqual(rows);
    });
  });

  test('keeps the shapes of ids and rows', () => {
    tidy(() => {
      const x = tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
      const actual = gather(x, tensor2d([1, 0, 1], [3, 1], 'int32'));
      expect(actual.shape).toEqual([3, 1, 2, 2]);
      expectAllClose(actual, [5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8]);
      expectAllClose(gather(tensor1d([10, 20]), tensor1d([1], 'int32')), [20]);
    });
  });

  test('leaves other axes and types to TensorFlow.js', () => {
    tidy(() => {
      const x = tensor2d([1, 2, 3, 4], [2, 2]);
      const ids = tensor1d([1, 1], 'int32');
      expectAllClose(gather(x, ids, 1), [2, 2, 4, 4]);
      const whole = gather(tensor2d([1, 2, 3, 4], [2, 2], 'int32'), ids);
      expect(whole.dtype).toBe('int32');
      expectAllClose(whole, [3, 4, 3, 4]);
    });
  });

  test.each([[-1], [5]])('refuses the id %i', (id) => {
    tidy(() => {
      const table = tensor2d(floats(15, 1), [5, 3]);
      expect(() => gather(table, tensor1d([0, id], 'int32'))).toThrow(String(id));
    });
  });
});

describeBuilds('UnsortedSegmentSum', () => {
  beforeEach(soilMemory);

  test.each(widths)('adds rows of %i numbers in their order', (width) => {
    const ids = [2, 0, 2, 5, -1, 2, 0, 9];
    const x = floats(ids.length * width, 2);
    // Float32 sums in the order of the rows.
    const expected = new Float32Array(6 * width);
    ids.forEach((id, row) => {
      if (id < 0 || id >= 6) return;
      for (let j = 0; j < width; j++) expected[id * width + j]! += x[row * width + j]!;
    });
    tidy(() => {
      const actual = engine().runKernel(
        UnsortedSegmentSum,
        { x: tensor2d(x, [ids.length, width]), segmentIds: tensor1d(ids, 'int32') },
        { numSegments: 6 },
      ) as unknown as Tensor;
      expect(actual.shape).toEqual([6, width]);
      expect(actual.dataSync()).toEqual(expected);
    });
  });

  test('is the gradient of gather', () => {
    tidy(() => {
      const ids = tensor2d([1, 1, 0], [3, 1], 'int32');
      const weights = tensor([1, 2, 3, 4, 5, 6], [3, 1, 2]);
      const slope = grad((table) => sum(mul(gather(table, ids), weights)))(
        tensor2d(floats(8, 3), [4, 2]),
      );
      expectAllClose(slope, [5, 6, 4, 6, 0, 0, 0, 0]);
    });
  });

  test('sums whole numbers', () => {
    tidy(() => {
      const actual = engine().runKernel(
        UnsortedSegmentSum,
        { x: tensor1d([1, 2, 3], 'int32'), segmentIds: tensor1d([1, 0, 1], 'int32') },
        { numSegments: 2 },
      ) as unknown as Tensor;
      expect(actual.dtype).toBe('int32');
      expectAllClose(actual, [2, 4]);
    });
  });
});
