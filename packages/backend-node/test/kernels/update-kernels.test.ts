import {
  memory,
  scalar,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import {
  adamStep,
  penalizedGradient,
  penalizedSquaredNorm,
  sgdStep,
  shrinkWeight,
} from '@secateur/backend/kernels';
import { expectAllClose } from '@secateur/testing';
import { beforeAll, expect, test } from 'vitest';
import { describeNative } from '../native.ts';
import { draw, nativeTensors } from './handles.ts';

// One block, several with a last one that is smaller, rows that are longer than a block, a single row and column.
const sizes: readonly [rows: number, columns: number][] = [
  [1, 1],
  [7, 5],
  [333, 251],
  [3, 40001],
  [70001, 1],
  [1, 70001],
];

interface Case {
  readonly weight: Float32Array;
  readonly gradient: Float32Array;
  readonly rows: Float32Array;
  readonly columns: Float32Array;
  readonly tensors: { weight: Tensor; gradient: Tensor; rows: Tensor1D; columns: Tensor1D };
  /** `scale * (gradient + weight * (rows[i] + columns[j]))` in float64. */
  readonly penalized: Float64Array;
}

const scale = 0.75;

function makeCase(height: number, width: number): Case {
  const [weight, gradient] = [draw(height * width, 1), draw(height * width, 2)] as const;
  const [rows, columns] = [draw(height, 3), draw(width, 4)] as const;
  const penalized = Float64Array.from(
    weight,
    (value, at) =>
      scale * (gradient[at]! + value * (rows[Math.floor(at / width)]! + columns[at % width]!)),
  );
  const tensors = {
    weight: tensor2d(weight, [height, width]),
    gradient: tensor2d(gradient, [height, width]),
    rows: tensor1d(rows),
    columns: tensor1d(columns),
  };
  return { weight, gradient, rows, columns, penalized, tensors };
}

const cut = (value: number, threshold: number): number => (Math.abs(value) < threshold ? 0 : value);

/** Entries so near the threshold that one rounding decides are left out of a comparison. */
function expectCut(actual: Tensor, whole: Float64Array, threshold: number): void {
  const values = actual.dataSync();
  const clear = [...whole.keys()].filter((at) => Math.abs(Math.abs(whole[at]!) - threshold) > 1e-5);
  expect(clear.length).toBeGreaterThan(0.9 * whole.length);
  expectAllClose(
    clear.map((at) => values[at]!),
    clear.map((at) => cut(whole[at]!, threshold)),
  );
}

await describeNative('kernels of the optimizer', () => {
  beforeAll(() => useBackend('node'));

  for (const [height, width] of sizes) {
    test(`agree with float64 at ${height} x ${width} and leave nothing behind`, () => {
      const tensors = memory().numTensors;
      let native: number | undefined;
      // The first pass makes what the kernels keep for good.
      for (let pass = 0; pass < 2; pass++) {
        tidy(() => {
          const one = makeCase(height, width);
          const inputs = { ...one.tensors, scale: scalar(scale) };
          expectAllClose(penalizedGradient(inputs), one.penalized);

          const squares = one.penalized.reduce((sum, g) => sum + (g / scale) ** 2, 0);
          expectAllClose(penalizedSquaredNorm(one.tensors), squares, { rtol: 1e-4 });

          const stepped = one.penalized.map((g, at) => one.weight[at]! - 0.5 * g);
          expectCut(sgdStep(inputs, { learningRate: 0.5, threshold: 0.1 }), stepped, 0.1);

          const shrunk = Float64Array.from(
            one.weight,
            (w, at) => w * one.rows[Math.floor(at / width)]! * one.columns[at % width]!,
          );
          expectCut(shrinkWeight(inputs.weight, one.tensors, 0.05), shrunk, 0.05);
        });
        native ??= nativeTensors();
      }
      expect(memory().numTensors).toBe(tensors);
      expect(nativeTensors()).toBe(native);
    });

    test(`Adam agrees with float64 at ${height} x ${width}`, () => {
      tidy(() => {
        const one = makeCase(height, width);
        const size = height * width;
        const first = draw(size, 5);
        const second = draw(size, 6).map(Math.abs);
        const shaped = (values: Float32Array): Tensor => tensor2d(values, [height, width]);
        const settings = {
          beta1: 0.9,
          beta2: 0.99,
          epsilon: 1e-3,
          learningRate: 0.01,
          threshold: 0,
        };
        const actual = adamStep(
          {
            ...one.tensors,
            scale: scalar(scale),
            firstMoment: shaped(first),
            secondMoment: shaped(second),
            correction1: scalar(0.5),
            correction2: scalar(0.25),
          },
          settings,
        );
        const m = one.penalized.map((g, at) => 0.9 * first[at]! + 0.1 * g);
        const v = one.penalized.map((g, at) => 0.99 * second[at]! + 0.01 * g * g);
        expectAllClose(actual.firstMoment, m);
        expectAllClose(actual.secondMoment, v);
        const moved = m.map(
          (mean, at) => one.weight[at]! - (0.01 * (mean / 0.5)) / (Math.sqrt(v[at]! / 0.25) + 1e-3),
        );
        expectAllClose(actual.weight, moved, { rtol: 1e-4, atol: 1e-5 });
      });
    });
  }

  test('work without factors, whatever the size', () => {
    tidy(() => {
      for (const size of [1, 48, 65536 + 16, 65537]) {
        const [w, g] = [draw(size, 7), draw(size, 8)];
        const actual = sgdStep(
          { weight: tensor1d(w!), gradient: tensor1d(g!) },
          { learningRate: 0.25, threshold: 0 },
        );
        expectAllClose(
          actual,
          w!.map((value, at) => value - 0.25 * g![at]!),
        );
        expectAllClose(
          penalizedSquaredNorm({ gradient: tensor1d(g!) }),
          g!.reduce((sum, value) => sum + value * value, 0),
          { rtol: 1e-4 },
        );
      }
    });
  });
});
