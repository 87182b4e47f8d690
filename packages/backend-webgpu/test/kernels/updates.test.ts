import { scalar, tensor, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import { adamStep, penalizedGradient, sgdStep, shrinkWeight } from '@secateur/backend/kernels';
import { expectAllClose } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { withLimits } from '../small-limits.ts';
import { bitsOf, numbers, readAll, soilMemory } from '../values.ts';

const matrices = [
  [1, 1],
  [1, 7],
  [3, 4],
  [9, 3],
  [2, 64],
  [3, 43],
  [43, 6],
  [0, 3],
  [2, 0],
] as const;
const choices = ['none', 'rows', 'columns', 'both'] as const;

/** Gradient, weight and factors as numbers and as tensors, and the penalized gradient in float64. */
function problem([rows, columns]: readonly [number, number], choice: (typeof choices)[number]) {
  const size = rows * columns;
  const [g, w] = [numbers(size, 1, 2), numbers(size, 2, 2)];
  const [perRow, perColumn] = [numbers(rows, 5), numbers(columns, 6)];
  const byRow = choice === 'rows' || choice === 'both';
  const byColumn = choice === 'columns' || choice === 'both';
  const row = (k: number): number => (byRow ? perRow[Math.floor(k / columns)]! : 0);
  const column = (k: number): number => (byColumn ? perColumn[k % columns]! : 0);
  return {
    w,
    row: (k: number) => (byRow ? row(k) : 1),
    column: (k: number) => (byColumn ? column(k) : 1),
    penalized: (scale: number) =>
      Array.from(g, (value, k) => scale * (value + w[k]! * (row(k) + column(k)))),
    tensors: () => ({
      gradient: tensor(g, [rows, columns]),
      weight: tensor(w, [rows, columns]) as Tensor,
      factors: {
        ...(byRow && { rows: tensor1d(perRow) }),
        ...(byColumn && { columns: tensor1d(perColumn) }),
      },
    }),
  };
}

const small = (value: number, threshold: number): number =>
  Math.abs(Math.fround(value)) < Math.fround(threshold) ? 0 : value;

describeWebgpu('steps', () => {
  describe.each(choices)('with factors of %s', (choice) => {
    test.each(matrices)('PenalizedGradient of [%i, %i]', async (...shape) => {
      const { penalized, tensors } = problem(shape, choice);
      await soilMemory([shape[0] * shape[1]]);
      const [plain, scaled] = await readAll(() => {
        const { gradient, weight, factors } = tensors();
        return [
          penalizedGradient({ gradient, weight, ...factors }),
          penalizedGradient({ gradient, weight, scale: scalar(0.3), ...factors }),
        ];
      });
      expectAllClose(plain!, penalized(1));
      expectAllClose(scaled!, penalized(0.3));
    });

    test.each(matrices)('SgdStep of [%i, %i]', async (...shape) => {
      const { w, penalized, tensors } = problem(shape, choice);
      await soilMemory([shape[0] * shape[1]]);
      const thresholds = [0, 0.5];
      const found = await readAll(() => {
        const { gradient, weight, factors } = tensors();
        return thresholds.map((threshold) =>
          sgdStep(
            { gradient, weight, scale: scalar(0.3), ...factors },
            { learningRate: 0.7, threshold },
          ),
        );
      });
      thresholds.forEach((threshold, i) => {
        const wanted = penalized(0.3).map((g, k) => small(w[k]! - 0.7 * g, threshold));
        expectAllClose(found[i]!, wanted);
      });
    });

    const onDevices = matrices.flatMap((shape) => [
      [...shape, 'every'] as const,
      [...shape, 'this'] as const,
    ]);
    test.each(onDevices)('AdamStep of [%i, %i], tensors as %s device takes', async (...call) => {
      const [height, width, device] = call;
      const shape = [height, width] as const;
      const { w, penalized, tensors } = problem(shape, choice);
      const size = shape[0] * shape[1];
      const [m, v] = [numbers(size, 8), numbers(size, 9).map(Math.abs)];
      const [beta1, beta2, epsilon, learningRate, threshold] = [0.9, 0.99, 1e-5, 0.1, 0.05];
      await soilMemory([size]);
      // Where few tensors can be bound, scalars and factors share one.
      const limits = device === 'every' ? { maxStorageBuffersPerShaderStage: 8 } : {};
      const [weight, first, second] = await withLimits(limits, () =>
        readAll(() => {
          const { gradient, weight: before, factors } = tensors();
          const out = adamStep(
            {
              gradient,
              weight: before,
              scale: scalar(0.3),
              firstMoment: tensor(m, [...shape]),
              secondMoment: tensor(v, [...shape]),
              correction1: scalar(0.271),
              correction2: scalar(0.0297),
              ...factors,
            },
            { learningRate, beta1, beta2, epsilon, threshold },
          );
          return [out.weight, out.firstMoment, out.secondMoment];
        }),
      );
      const gradients = penalized(0.3);
      const firsts = gradients.map((g, k) => beta1 * m[k]! + (1 - beta1) * g);
      const seconds = gradients.map((g, k) => beta2 * v[k]! + (1 - beta2) * g * g);
      expectAllClose(first!, firsts);
      expectAllClose(second!, seconds);
      const wanted = firsts.map((each, k) => {
        const move = each / 0.271 / (Math.sqrt(seconds[k]! / 0.0297) + epsilon);
        return small(w[k]! - learningRate * move, threshold);
      });
      expectAllClose(weight!, wanted);
    });

    test.each(matrices)('ShrinkWeight of [%i, %i]', async (...shape) => {
      const { w, row, column, tensors } = problem(shape, choice);
      await soilMemory([shape[0] * shape[1]]);
      const [found] = await readAll(() => {
        const { weight, factors } = tensors();
        return [shrinkWeight(weight, factors, 0.25)];
      });
      expectAllClose(
        found!,
        Array.from(w, (value, k) => small(value * row(k) * column(k), 0.25)),
      );
    });
  });

  test('the threshold is exact in single precision, and NaN and infinities stay', async () => {
    const threshold = 1e-4;
    const at = Math.fround(threshold);
    const bits = new Uint32Array(Float32Array.of(at).buffer)[0]!;
    const below = new Float32Array(Uint32Array.of(bits - 1).buffer)[0]!;
    const values = [at, -at, below, -below, 0, -0, NaN, Infinity, -Infinity, 1e-30, 5e-5];
    const [shrunk, stepped] = await readAll(() => [
      shrinkWeight(tensor1d(values), {}, threshold),
      sgdStep(
        { weight: tensor1d(values), gradient: tensor1d(values.map(() => 0)) },
        { learningRate: 1, threshold },
      ),
    ]);
    const wanted = [at, -at, 0, 0, 0, 0, NaN, Infinity, -Infinity, 0, 0];
    for (const found of [shrunk!, stepped!]) {
      expect([...found].map(Number.isNaN)).toEqual(wanted.map(Number.isNaN));
      const plain = found.map((value) => (Number.isNaN(value) ? 1 : value));
      expect(bitsOf(plain)).toEqual(
        bitsOf(Float32Array.from(wanted, (value) => (Number.isNaN(value) ? 1 : value))),
      );
    }
  });

  test('a NaN of any kind passes every kernel: quiet, signalling, negative', async () => {
    const nans = new Float32Array(Uint32Array.of(0x7fc00000, 0x7f800001, 0xffc00000).buffer);
    const found = await readAll(() => {
      const weight = tensor1d(nans);
      const other = tensor1d([1, 2, 3]);
      return [
        shrinkWeight(weight, { rows: tensor1d([0, 0, 0]) }, 0.5),
        sgdStep({ weight: other, gradient: weight }, { learningRate: 0.1, threshold: 0.5 }),
        penalizedGradient({ gradient: other, weight, rows: tensor1d([1, 1, 1]) }),
        penalizedGradient({ gradient: other, scale: scalar(NaN) }),
        ...Object.values(
          adamStep(
            {
              weight: other,
              gradient: weight,
              firstMoment: tensor1d([0, 0, 0]),
              secondMoment: tensor1d([0, 0, 0]),
              correction1: scalar(0.1),
              correction2: scalar(0.1),
            },
            { learningRate: 0.1, beta1: 0.9, beta2: 0.9, epsilon: 1e-7, threshold: 0.5 },
          ),
        ),
      ];
    });
    expect(found.map((values) => values.every(Number.isNaN))).toEqual(found.map(() => true));
  });

  test('minus zero becomes zero even without a threshold', async () => {
    const [found] = await readAll(() => [
      shrinkWeight(tensor1d([-1, 2]), { rows: tensor1d([0, 1]) }, 0),
    ]);
    expect(bitsOf(found!)).toEqual(bitsOf(Float32Array.of(0, 2)));
  });
});
