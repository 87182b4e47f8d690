import { groupSquaredNorms, KERNELS, penalizedSquaredNorm } from '@secateur/backend/kernels';
import { dispose, tensor1d, tensor } from '@tensorflow/tfjs-core';
import { expectAllClose, sizeOf } from '@secateur/testing';
import { expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { made, numbers, readAll, runKernel, soilMemory } from '../values.ts';

/** Shapes round the 128 lanes along a row and the 64 rows of a stretch, of every rank that weights have. */
const shapes: readonly (readonly number[])[] = [
  [1],
  [5],
  [1, 1],
  [3, 4],
  [63, 130],
  [65, 3],
  [4100, 2],
  [2, 129],
  [2, 3, 4],
  [1, 70, 3],
  [2, 3, 5, 2],
];

function squaresOf(shape: readonly number[], values: Float32Array, axis: number): Float64Array {
  const sums = new Float64Array(shape[axis]!);
  const stride = sizeOf(shape.slice(axis + 1));
  values.forEach((value, k) => {
    sums[Math.floor(k / stride) % sums.length]! += value * value;
  });
  return sums;
}

describeWebgpu('norms', () => {
  test.each(shapes.map((shape) => [shape.join(' x '), shape] as const))(
    'GroupSquaredNorms of %s',
    async (_, shape) => {
      await soilMemory(shape);
      const axes = shape.map((__, axis) => axis);
      const found = await readAll(() => groupSquaredNorms(made(shape, 3), axes));
      axes.forEach((axis) => {
        expectAllClose(found[axis]!, squaresOf(shape, numbers(sizeOf(shape), 3), axis));
      });
    },
  );

  test.each([
    [0, 3],
    [2, 0],
  ])('GroupSquaredNorms of nothing are zeros: [%i, %i]', async (rows, columns) => {
    await soilMemory([rows, columns]);
    const [perRow, perColumn] = await readAll(() =>
      groupSquaredNorms(made([rows, columns], 1), [0, 1]),
    );
    expect([...perRow!]).toEqual(new Array(rows).fill(0));
    expect([...perColumn!]).toEqual(new Array(columns).fill(0));
  });

  test('a NaN stays in its row and column, an infinity too', async () => {
    const x = [1, NaN, 2, 3, 4, 5, Infinity, 6, 7];
    const [rows, columns] = await readAll(() => groupSquaredNorms(tensor(x, [3, 3]), [0, 1]));
    expectAllClose(rows!, [NaN, 50, Infinity]);
    expectAllClose(columns!, [Infinity, NaN, 78]);
  });

  test.each([1, 127, 4096, 4097, 3 * 4096 + 5])(
    'PenalizedSquaredNorm of %i entries, with and without factors',
    async (columns) => {
      await soilMemory([1, 2, 3, 4, 8]);
      const size = 2 * columns;
      const [g, w] = [numbers(size, 1), numbers(size, 2)];
      const [perRow, perColumn] = [numbers(2, 3), numbers(columns, 4)];
      for (const [byRow, byColumn] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ]) {
        const [found] = await readAll(() => [
          penalizedSquaredNorm({
            gradient: tensor(g, [2, columns]),
            weight: tensor(w, [2, columns]),
            ...(byRow && { rows: tensor1d(perRow) }),
            ...(byColumn && { columns: tensor1d(perColumn) }),
          }),
        ]);
        const wanted = g.reduce((total, value, k) => {
          const factor =
            (byRow ? perRow[Math.floor(k / columns)]! : 0) +
            (byColumn ? perColumn[k % columns]! : 0);
          return total + (value + w[k]! * factor) ** 2;
        }, 0);
        expectAllClose(found!, [wanted]);
      }
    },
  );

  test('PenalizedSquaredNorm of nothing is 0, of NaN is NaN', async () => {
    await soilMemory([1]);
    const [nothing, nan] = await readAll(() => [
      penalizedSquaredNorm({ gradient: made([0, 3], 1) }),
      penalizedSquaredNorm({ gradient: tensor1d([1, NaN]) }),
    ]);
    expectAllClose([nothing![0]!, nan![0]!], [0, NaN]);
  });

  test('gives one scalar and as many vectors as axes', () => {
    const gradient = made([3], 1);
    const [squares] = runKernel(KERNELS.penalizedSquaredNorm, { gradient });
    expect(squares!.shape).toEqual([]);
    const matrix = made([2, 3], 1);
    const norms = groupSquaredNorms(matrix, [1, 0, 1]);
    expect(norms.map(({ shape }) => shape)).toEqual([[3], [2], [3]]);
    dispose([gradient, matrix, squares!, ...norms]);
  });
});
