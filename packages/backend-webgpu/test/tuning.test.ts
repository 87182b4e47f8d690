import { tensor2d } from '@tensorflow/tfjs-core';
import { groupSquaredNorms, sgdStep } from '@secateur/backend/kernels';
import { expectAllClose, floats } from '@secateur/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { adapterClass, setTuning, tuningOf, usual } from '../src/tuning.ts';
import { describeWebgpu, running } from './describe-webgpu.ts';
import { made, readAll, soilMemory } from './values.ts';

describe('adapterClass', () => {
  test.each([
    ['nvidia', 'hopper', 'nvidia'],
    ['amd', 'rdna-3', 'amd'],
    ['apple', 'metal-3', 'apple'],
    ['google', 'swiftshader', 'software'],
    ['mesa', 'llvmpipe', 'software'],
    ['qualcomm', 'adreno-7xx', 'other'],
    ['', '', 'other'],
  ] as const)('of "%s" "%s" is %s', (vendor, architecture, expected) => {
    expect(adapterClass({ vendor, architecture })).toBe(expected);
  });
});

const cuts = [
  { lanes: 64, columns: 16, rows: 4, stretch: 16 },
  { lanes: 32, columns: 32, rows: 4, stretch: 200 },
  { lanes: 256, columns: 64, rows: 2, stretch: 64 },
];

describeWebgpu('work that is cut in another way', () => {
  afterEach(() => {
    setTuning(running(), usual);
  });

  test('is not unless it is asked for', () => {
    expect(tuningOf(running())).toEqual(usual);
  });

  test.each(cuts)('into stretches of $stretch: norms, and a step', async (cut) => {
    setTuning(running(), cut);
    const x = floats(300 * 7, 1);
    const size = 1000;
    await soilMemory([300, 7, size]);
    const [rows, columns, moved] = await readAll(() => [
      ...groupSquaredNorms(tensor2d(x, [300, 7]), [0, 1]),
      sgdStep(
        { weight: made([size], 1), gradient: made([size], 2) },
        { learningRate: 0.5, threshold: 0 },
      ),
    ]);
    const [perRow, perColumn] = [new Float64Array(300), new Float64Array(7)];
    x.forEach((value, k) => {
      perRow[Math.floor(k / 7)]! += value * value;
      perColumn[k % 7]! += value * value;
    });
    expectAllClose(rows!, perRow);
    expectAllClose(columns!, perColumn);
    const gradient = floats(size, 2);
    expectAllClose(
      moved!,
      floats(size, 1).map((w, k) => w - 0.5 * gradient[k]!),
    );
  });
});
