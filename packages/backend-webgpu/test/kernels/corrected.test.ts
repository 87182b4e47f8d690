import {
  addN,
  backend,
  engine,
  fused,
  gather,
  grad,
  matMul,
  mul,
  ones,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  type Tensor,
  unsortedSegmentSum,
  zeros,
} from '@tensorflow/tfjs-core';
import { expectAllClose, floats, sizeOf } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { bitsOf, made, readAll, soilMemory } from '../values.ts';

describeWebgpu('corrected kernels', () => {
  describe('products', () => {
    test.each([
      [2, 3],
      [1, 1],
      [5, 40],
    ])('over nothing are zeros: [%i, 0] x [0, %i]', async (rows, columns) => {
      await soilMemory([rows * columns]);
      const found = await readAll(() => [
        matMul(zeros([rows, 0]), zeros([0, columns])),
        matMul(zeros([0, rows]), zeros([0, columns]), true, false),
        matMul(zeros([rows, 0]), zeros([columns, 0]), false, true),
      ]);
      for (const each of found) expect([...each]).toEqual(new Array(rows * columns).fill(0));
    });

    test('over nothing have the bias and its activation', async () => {
      await soilMemory([6]);
      const [found] = await readAll(() => [
        fused.matMul({
          a: zeros([2, 0]),
          b: zeros([0, 3]),
          bias: tensor1d([1, -2, 3]),
          activation: 'relu',
        }),
      ]);
      expect([...found!]).toEqual([1, 0, 3, 1, 0, 3]);
    });

    test('keep batches, and shapes that are empty', async () => {
      const [batched, ...empty] = await readAll(() => [
        matMul(zeros([2, 2, 0]), zeros([1, 0, 1])),
        matMul(zeros([0, 3]), zeros([3, 2])),
        matMul(zeros([2, 3]), zeros([3, 0])),
        matMul(zeros([0, 2, 0]), zeros([0, 0, 3])),
      ]);
      expect([...batched!]).toEqual([0, 0, 0, 0]);
      expect(empty.map((each) => each.length)).toEqual([0, 0, 0]);
    });

    test('are right, and the same bits every time, over a long inner dimension', async () => {
      const [rows, inner, columns] = [3, 2011, 50];
      const [a, b] = [floats(rows * inner, 1), floats(inner * columns, 2)];
      const seen = new Set<string>();
      for (let k = 0; k < 10; k++) {
        const [found] = await readAll(() => [
          matMul(tensor2d(a, [rows, inner]), tensor2d(b, [inner, columns])),
        ]);
        seen.add(bitsOf(found!).join());
        const wanted = Float64Array.from({ length: rows * columns }, (_, at) => {
          const [i, j] = [Math.floor(at / columns), at % columns];
          let total = 0;
          for (let m = 0; m < inner; m++) total += a[i * inner + m]! * b[m * columns + j]!;
          return total;
        });
        expectAllClose(found!, wanted, { rtol: 1e-5, atol: 1e-4 });
      }
      expect(seen.size).toBe(1);
    });
  });

  test.each([1, 2, 7, 8, 9, 13, 14, 30])('addN adds %i tensors', async (count) => {
    const each = Array.from({ length: count }, (_, k) => floats(5, k + 1));
    await soilMemory([5]);
    const [found] = await readAll(() => [addN(each.map((values) => tensor1d(values)))]);
    expectAllClose(
      found!,
      Array.from({ length: 5 }, (_, j) => each.reduce((total, values) => total + values[j]!, 0)),
    );
  });

  test('sums over nothing are zeros, in every shape and type', async () => {
    await soilMemory([1, 2, 3, 6]);
    const found = await readAll(() => [
      sum(zeros([0])),
      sum(zeros([2, 0]), 1),
      sum(zeros([2, 0]), 1, true),
      sum(zeros([2, 0, 3]), 1),
      sum(zeros([2, 0, 3]), [0, 1]),
      sum(zeros([2, 0], 'int32'), 1),
      sum(zeros([2, 0], 'bool'), 1),
      sum(zeros([2, 0]), 0),
    ]);
    expect(found.map((each) => [...each])).toEqual([
      [0],
      [0, 0],
      [0, 0],
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0],
      [0, 0],
      [0, 0],
      [],
    ]);
  });

  describe('UnsortedSegmentSum', () => {
    const run = (x: Tensor, ids: Tensor, numSegments: number): Tensor =>
      engine().runKernel('UnsortedSegmentSum', { x, segmentIds: ids }, { numSegments }) as Tensor;

    test.each([
      [1, 1, 1],
      [7, 3, 5],
      [130, 3, 2],
      [5, 129, 1],
      [64, 200, 9],
    ])('adds %i rows into %i segments of width %i', async (rows, segments, width) => {
      const x = floats(rows * width, 1);
      const ids = Int32Array.from(
        { length: rows },
        (_, row) => ((row * 7919) % (segments + 2)) - 1,
      );
      await soilMemory([segments * width]);
      const [found] = await readAll(() => [
        run(tensor2d(x, [rows, width]), tensor1d(ids, 'int32'), segments),
      ]);
      const wanted = new Float64Array(segments * width);
      x.forEach((value, k) => {
        const id = ids[Math.floor(k / width)]!;
        if (id >= 0 && id < segments) wanted[id * width + (k % width)]! += value;
      });
      expectAllClose(found!, wanted);
    });

    test('adds rows in their order, and rows of any rank', async () => {
      const x = [1e8, 1, -1e8, 1];
      const ids = [2, 2, 2, 2];
      const [flat, deep] = await readAll(() => [
        run(tensor1d(x), tensor1d(ids, 'int32'), 3),
        unsortedSegmentSum(
          tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]),
          tensor1d([1, 1], 'int32'),
          2,
        ),
      ]);
      expect([...flat!]).toEqual([0, 0, 1]);
      expect([...deep!]).toEqual([0, 0, 0, 0, 6, 8, 10, 12]);
    });

    test('has zeros for no rows, and nothing for no segments', async () => {
      await soilMemory([6]);
      const [none, empty] = await readAll(() => [
        run(zeros([0, 2]), tensor1d([], 'int32'), 3),
        run(zeros([4, 0]), tensor1d([0, 1, 2, 0], 'int32'), 3),
      ]);
      expect([...none!]).toEqual([0, 0, 0, 0, 0, 0]);
      expect([...empty!]).toEqual([]);
    });

    test('adds integers as integers', async () => {
      const [found] = await readAll(() => [
        run(tensor1d([1, 2, (1 << 24) + 4], 'int32'), tensor1d([1, 0, 1], 'int32'), 2),
      ]);
      expect([...found!]).toEqual([2, (1 << 24) + 5]);
    });

    test('is the gradient of an embedding', async () => {
      const [found] = await readAll(() => {
        const ids = tensor1d([1, 1, 0], 'int32');
        const factor = tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
        return [grad((table) => sum(mul(gather(table, ids), factor)))(ones([3, 2]))];
      });
      expect([...found!]).toEqual([5, 6, 4, 6, 0, 0]);
    });
  });

  test('inputs are never written', async () => {
    const gpu = backend();
    expect(gpu).toBe(backend());
    const shape = [3, 40];
    const [before] = await readAll(() => [made(shape, 1)]);
    const x = tensor(floats(sizeOf(shape), 1), [3, 40]);
    await readAll(() => [
      matMul(x, x, false, true),
      engine().runKernel('ShrinkWeight', { weight: x }, { threshold: 0.5 }) as Tensor,
      engine().runKernel(
        'SgdStep',
        { weight: x, gradient: x },
        { learningRate: 1, threshold: 0.5 },
      ) as Tensor,
    ]);
    expect(bitsOf(await x.data<'float32'>())).toEqual(bitsOf(before!));
    x.dispose();
  });
});
