import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import {
  groupSquaredNorms,
  recurrentSequence,
  sgdStep,
  sparseSoftmaxCrossEntropy,
} from '@secateur/backend/kernels';
import { cellReference, lstmCell } from '@secateur/kernels';
import {
  cellTensors,
  cellValues,
  expectAllClose,
  floats,
  softmaxCrossEntropyReference,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { spread } from '../src/program.ts';
import { describeWebgpu } from './describe-webgpu.ts';
import { withLimits } from './small-limits.ts';
import { made, readAll, soilMemory } from './values.ts';

describe('spread', () => {
  test('takes one dimension as long as it can, then two that hold all', () => {
    expect(spread(1, 4)).toEqual([1, 1]);
    expect(spread(4, 4)).toEqual([4, 1]);
    expect(spread(5, 4)).toEqual([3, 2]);
    expect(spread(16, 4)).toEqual([4, 4]);
    expect(spread(65_536, 65_535)).toEqual([32_768, 2]);
    for (let groups = 1; groups <= 16; groups++) {
      const [across, down] = spread(groups, 4);
      expect(across * down).toBeGreaterThanOrEqual(groups);
      expect(Math.max(across, down)).toBeLessThanOrEqual(4);
    }
  });
  test('says when the work does not fit', () => {
    expect(() => spread(17, 4)).toThrow(BackendError);
    expect(() => spread(17, 4)).toThrow(
      'webgpu: expected at most 4 x 4 workgroups, found 17; take a smaller batch or fewer steps.',
    );
  });
});

describeWebgpu('a sequence of more steps than are submitted at once', () => {
  test('keeps the uniforms of its steps until the last', async () => {
    // Two of one length, so that the uniforms of the second would fit where those of the first were.
    const sizes = { batch: 2, time: 40, input: 3, units: 5 };
    const all = [1, 2].map((seed) => ({
      ...cellValues(lstmCell, sizes),
      x: Float64Array.from(floats(2 * 40 * 3, seed)),
    }));
    const found = await readAll(() =>
      all.map((values) => {
        const { order, settings } = values;
        const inputs = cellTensors(lstmCell, values);
        return recurrentSequence(lstmCell, inputs, { order, settings }).y;
      }),
    );
    all.forEach((values, k) => {
      expectAllClose(found[k]!, cellReference(lstmCell, values).y, { atol: 2e-6 });
    });
  });
});

describeWebgpu('kernels on a device with few workgroups', () => {
  const few = { maxComputeWorkgroupsPerDimension: 3 };

  test('a workgroup a row: softmax cross-entropy', async () => {
    const [rows, classes] = [8, 3];
    const logits = floats(rows * classes, 4);
    const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
    await soilMemory([rows, rows * classes]);
    const [loss] = await withLimits(few, () =>
      readAll(() => [
        sparseSoftmaxCrossEntropy(tensor2d(logits, [rows, classes]), tensor1d(labels, 'int32')),
      ]),
    );
    expectAllClose(loss!, softmaxCrossEntropyReference(logits, labels));
  });

  test('a lane an entry: steps of gradient descent', async () => {
    const size = 128 * 8 + 5;
    await soilMemory([size]);
    const [moved] = await withLimits(few, () =>
      readAll(() => [
        sgdStep(
          { weight: made([size], 1), gradient: made([size], 2) },
          { learningRate: 0.5, threshold: 0 },
        ),
      ]),
    );
    const gradient = floats(size, 2);
    expectAllClose(
      moved!,
      floats(size, 1).map((w, k) => w - 0.5 * gradient[k]!),
    );
  });

  test('sums along rows and down columns', async () => {
    const x = floats(8 * 130, 1);
    const [rows, columns] = await withLimits(few, () =>
      readAll(() => groupSquaredNorms(tensor2d(x, [8, 130]), [0, 1])),
    );
    const [perRow, perColumn] = [new Float64Array(8), new Float64Array(130)];
    x.forEach((value, k) => {
      perRow[Math.floor(k / 130)]! += value * value;
      perColumn[k % 130]! += value * value;
    });
    expectAllClose(rows!, perRow);
    expectAllClose(columns!, perColumn);
  });

  test('a tile of units and sequences: an LSTM', async () => {
    const sizes = { batch: 37, time: 2, input: 3, units: 65 };
    const values = cellValues(lstmCell, sizes);
    await soilMemory([37 * 2 * 65]);
    const { order, settings } = values;
    const [y] = await withLimits({ maxComputeWorkgroupsPerDimension: 20 }, () =>
      readAll(() => {
        const inputs = cellTensors(lstmCell, values);
        return [recurrentSequence(lstmCell, inputs, { order, settings }).y];
      }),
    );
    expectAllClose(y!, cellReference(lstmCell, values).y, { atol: 2e-6 });
  });
});
