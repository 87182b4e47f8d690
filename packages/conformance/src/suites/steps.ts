import { dispose, scalar, tensor, tensor1d, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { adamStep, sgdStep } from '@secateur/backend/kernels';
import { expectAllClose, factorChoices, numbers } from '@secateur/testing/numeric';
import { describe, expect, test } from 'vitest';
import { read } from '../read.ts';
import { penalizedFixture, weightShapes } from './penalized.ts';
import { thresholded } from './shrink.ts';

const clip = Math.fround(0.3);

/** Tests of the kernel `SgdStep`. */
export function sgdSuite(): void {
  describe.each(factorChoices)('with factors of %s', (choice) => {
    test.each(weightShapes)('agrees with float64 for [%i, %i]', async (rows, columns) => {
      const { tensors, weights, expected } = penalizedFixture(choice, rows, columns);
      const weight = tensors.weight as Tensor;
      const scale = scalar(clip);
      const run = (threshold: number): Tensor =>
        sgdStep({ ...tensors, weight, scale }, { learningRate: 0.7, threshold });
      const [plain, cut] = await read(() => [run(0), run(0.435)]);
      const moved = expected.map((slope, at) => weights[at]! - 0.7 * clip * slope);
      expect(plain!.shape).toEqual([rows, columns]);
      expectAllClose(plain!.data, moved, { atol: 2e-6 });
      expectAllClose(cut!.data, thresholded(moved, 0.435), { atol: 2e-6 });
      const [after] = await read(() => [weight.clone()]);
      expect(after!.data, 'the weight afterwards').toEqual(weights);
      dispose({ ...tensors, scale } as never);
    });
  });
  test('lets NaN through', async () => {
    const [found] = await read(() => [
      sgdStep(
        { gradient: tensor1d([NaN, 1, 1]), weight: tensor1d([1, NaN, 1]) },
        { learningRate: 0.1, threshold: 0.1 },
      ),
    ]);
    expect([...found!.data].map(Number.isNaN)).toEqual([true, true, false]);
  });
}

const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
const corrections = [1 - adam.beta1 ** 3, 1 - adam.beta2 ** 3].map(Math.fround) as [number, number];

/** Tests of the kernel `AdamStep`. */
export function adamSuite(): void {
  describe.each(factorChoices)('with factors of %s', (choice) => {
    test.each(weightShapes)('agrees with float64 for [%i, %i]', async (rows, columns) => {
      const { tensors, weights, expected } = penalizedFixture(choice, rows, columns);
      const first = Float32Array.from(numbers(rows * columns, 21, 2));
      const second = Float32Array.from(numbers(rows * columns, 22), (x) => x * x + 0.01);
      const inputs = {
        ...tensors,
        weight: tensors.weight as Tensor,
        scale: scalar(clip),
        firstMoment: tensor(first, [rows, columns]),
        secondMoment: tensor(second, [rows, columns]),
        correction1: scalar(corrections[0]),
        correction2: scalar(corrections[1]),
      };
      const [plain, firstMoment, secondMoment, cut] = await read(() => {
        const step = adamStep(inputs, { ...adam, threshold: 0 });
        const small = adamStep(inputs, { ...adam, threshold: 0.443 }).weight;
        return [step.weight, step.firstMoment, step.secondMoment, small];
      });
      const firsts = expected.map((g, at) => 0.9 * first[at]! + 0.1 * clip * g);
      const seconds = expected.map((g, at) => 0.999 * second[at]! + 0.001 * (clip * g) ** 2);
      const moved = firsts.map((m, at) => {
        const root = Math.sqrt(seconds[at]! / corrections[1]);
        return weights[at]! - (adam.learningRate * m) / corrections[0] / (root + adam.epsilon);
      });
      expect(plain!.shape).toEqual([rows, columns]);
      expectAllClose(firstMoment!.data, firsts);
      expectAllClose(secondMoment!.data, seconds);
      expectAllClose(plain!.data, moved);
      expectAllClose(cut!.data, thresholded(moved, 0.443));
      dispose({ ...inputs } as never);
    });
  });
  test('lets NaN through to the weight and both moments', async () => {
    const found = await read(() => {
      const step = adamStep(
        {
          ...{ gradient: tensor1d([NaN, 1]), weight: tensor1d([1, 1]) },
          ...{ firstMoment: zeros([2]), secondMoment: zeros([2]) },
          ...{ correction1: scalar(0.1), correction2: scalar(0.001) },
        },
        { ...adam, threshold: 0.1 },
      );
      return [step.weight, step.firstMoment, step.secondMoment];
    });
    for (const { data } of found) expect([...data].map(Number.isNaN)).toEqual([true, false]);
  });
}
