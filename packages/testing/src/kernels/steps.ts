import {
  AdamOptimizer,
  getBackend,
  scalar,
  SGDOptimizer,
  sub,
  tensor1d,
  tidy,
  variable,
  zeros,
  type Optimizer,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import {
  adamStep,
  composedAdamStep,
  composedSgdStep,
  contracts,
  penalizedGradient,
  sgdStep,
  type AdamInputs,
  type AdamSettings,
  type SgdInputs,
  type SgdSettings,
} from '@secateur/backend/kernels';
import { expect, test } from 'vitest';
import { expectAllClose } from '../expect-all-close.ts';
import { read } from '../read.ts';
import { bitsOf, factorChoices, factors, randomWeight, matrices } from '../weight-fixture.ts';
import { penalizedReference, thresholded, weightSizes } from './matrices.ts';
import { kernelSuite, type SuiteOptions } from './suite.ts';

const round = Math.fround;

/** Tests of the kernel `SgdStep`. */
export function sgdSuite(options?: SuiteOptions): void {
  kernelSuite<SgdSettings>(
    {
      contract: contracts.SgdStep,
      caller: 'sgdStep',
      call: (inputs: SgdInputs, settings) => [sgdStep(inputs, settings)],
      composed: composedSgdStep,
      sizes: weightSizes,
      attributes: [
        { learningRate: 0.7, threshold: 0 },
        { learningRate: 0.7, threshold: 0.435 },
      ],
      reference: (values, { learningRate, threshold }, sizes) => {
        const slopes = penalizedReference(values, sizes);
        const moved = slopes.map(
          (g, at) => round(round(-learningRate) * g) + values['weight']![at]!,
        );
        return [thresholded(moved, threshold)];
      },
      close: { atol: 2e-6 },
      exact: 'reference',
    },
    options,
  );

  test('goes against the penalized gradient, then zeroes what is small', async () => {
    const [moved] = await read(() => [
      sgdStep(
        {
          gradient: tensor1d([1, 2, 3, 4, 5]),
          weight: tensor1d([1, 2, 3, 4, 5]),
          columns: tensor1d([1, 1, 0, 0, -1]),
          scale: scalar(0.5),
        },
        { learningRate: 0.5, threshold: 0.6 },
      ),
    ]);
    // 1 - 0.5 * 0.5 * (1 + 1), and so on.
    expect([...moved!.data]).toEqual([0, 1, 2.25, 3, 5]);
  });

  test("has the bits of TensorFlow.js's optimizer, but on WebGPU", () => {
    if (!roundsAlike()) return;
    for (const [inputs, gradient] of steps(1)) {
      tidy(() => {
        const optimizer = new SGDOptimizer(0.7);
        const weight = variable(inputs().weight, true, 'sgd weight');
        const moved = sgdStep(inputs(), { learningRate: 0.7, threshold: 0 });
        expect(stockStep(optimizer, weight, gradient())).toEqual(bitsOf(moved));
        weight.dispose();
        optimizer.dispose();
      });
    }
  });

  test('lets NaN through', async () => {
    const [moved] = await read(() => [
      sgdStep(
        { gradient: tensor1d([NaN, 1, 1, 1, 1, NaN]), weight: tensor1d([1, NaN, 1, 1, 1, 1]) },
        { learningRate: 0.1, threshold: 0.1 },
      ),
    ]);
    expect([...moved!.data].map(Number.isNaN)).toEqual([true, true, false, false, false, true]);
  });
}

const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** Tests of the kernel `AdamStep`. */
export function adamSuite(options?: SuiteOptions): void {
  kernelSuite<AdamSettings>(
    {
      contract: contracts.AdamStep,
      caller: 'adamStep',
      call: (inputs: AdamInputs, settings) => {
        const { weight, firstMoment, secondMoment } = adamStep(inputs, settings);
        return [weight, firstMoment, secondMoment];
      },
      composed: composedAdamStep,
      sizes: weightSizes,
      attributes: [
        { ...adam, threshold: 0 },
        { ...adam, threshold: 0.443 },
      ],
      adapt: (values) => ({
        ...values,
        secondMoment: values['secondMoment']!.map((x) => x * x + 0.01),
        correction1: Float32Array.of(1 - adam.beta1 ** 3),
        correction2: Float32Array.of(1 - adam.beta2 ** 3),
      }),
      reference: (values, { learningRate, beta1, beta2, epsilon, threshold }, sizes) => {
        const { weight, firstMoment, secondMoment, correction1, correction2 } = values;
        const slopes = Float64Array.from(penalizedReference(values, sizes));
        const firsts = slopes.map((g, at) => beta1 * firstMoment![at]! + (1 - beta1) * g);
        const seconds = slopes.map((g, at) => beta2 * secondMoment![at]! + (1 - beta2) * g * g);
        const moved = firsts.map((m, at) => {
          const root = Math.sqrt(seconds[at]! / correction2![0]!);
          return weight![at]! - (learningRate * m) / correction1![0]! / (root + epsilon);
        });
        return [thresholded(moved, threshold), firsts, seconds];
      },
      close: { rtol: 1e-5, atol: 2e-6 },
      exact: 'composed',
    },
    options,
  );

  test('moves by the learning rate at first, whatever the size of the gradient', async () => {
    const [weight, firstMoment, secondMoment] = await read(() => {
      const step = adamStep(
        {
          gradient: tensor1d([1e-2, -3, 0]),
          weight: tensor1d([1, 1, 1]),
          firstMoment: zeros([3]),
          secondMoment: zeros([3]),
          correction1: scalar(0.1),
          correction2: scalar(0.001),
        },
        { ...adam, threshold: 0 },
      );
      return [step.weight, step.firstMoment, step.secondMoment];
    });
    expectAllClose(weight!.data, [0.99, 1.01, 1]);
    expectAllClose(firstMoment!.data, [1e-3, -0.3, 0]);
    expectAllClose(secondMoment!.data, [1e-7, 9e-3, 0], { atol: 1e-12 });
  });

  test("has the bits of TensorFlow.js's optimizer, step after step, but on WebGPU", () => {
    if (!roundsAlike()) return;
    const { learningRate, beta1, beta2, epsilon } = adam;
    for (const [inputs, gradient] of steps(1)) {
      tidy(() => {
        const optimizer = new AdamOptimizer(learningRate, beta1, beta2, epsilon);
        const fields = optimizer as unknown as AdamFields;
        const moment = (of: AdamFields['accumulatedFirstMoment'], shape: number[]): Tensor =>
          of[0]?.variable.clone() ?? zeros(shape);
        const weight = variable(inputs().weight, true, 'adam weight');
        for (let k = 0; k < 3; k++) {
          const step = adamStep(
            {
              ...inputs(),
              weight: weight.clone(),
              firstMoment: moment(fields.accumulatedFirstMoment, weight.shape),
              secondMoment: moment(fields.accumulatedSecondMoment, weight.shape),
              correction1: sub(1, fields.accBeta1),
              correction2: sub(1, fields.accBeta2),
            },
            { ...adam, threshold: 0 },
          );
          expect(stockStep(optimizer, weight, gradient(weight))).toEqual(bitsOf(step.weight));
          const [first] = fields.accumulatedFirstMoment;
          const [second] = fields.accumulatedSecondMoment;
          expect(bitsOf(first!.variable)).toEqual(bitsOf(step.firstMoment));
          expect(bitsOf(second!.variable)).toEqual(bitsOf(step.secondMoment));
        }
        weight.dispose();
        optimizer.dispose();
      });
    }
  });

  test('lets NaN through to the weight and both moments', async () => {
    const outputs = await read(() => {
      const step = adamStep(
        {
          gradient: tensor1d([NaN, 1, 1, 1, 1, NaN]),
          weight: tensor1d([1, 1, 1, 1, 1, 1]),
          firstMoment: zeros([6]),
          secondMoment: zeros([6]),
          correction1: scalar(0.1),
          correction2: scalar(0.001),
        },
        { ...adam, threshold: 0.1 },
      );
      return [step.weight, step.firstMoment, step.secondMoment];
    });
    for (const { data } of outputs)
      expect([...data].map(Number.isNaN)).toEqual([true, false, false, false, false, true]);
  });
}

interface AdamFields {
  readonly accumulatedFirstMoment: { readonly variable: Variable }[];
  readonly accumulatedSecondMoment: { readonly variable: Variable }[];
  readonly accBeta1: Scalar;
  readonly accBeta2: Scalar;
}

/** Whether TensorFlow.js's own operations round as ours do. */
const roundsAlike = (): boolean => getBackend() !== 'webgpu';

/** For each choice of factors and each size what a step reads, and the penalized gradient, at a weight. */
function* steps(
  seed: number,
): Generator<[inputs: () => SgdInputs, gradient: (weight?: Tensor) => Tensor]> {
  for (const choice of factorChoices) {
    for (const [rows, columns] of matrices) {
      const inputs = (): SgdInputs => ({
        gradient: randomWeight([rows, columns], seed).x,
        weight: randomWeight([rows, columns], 2).x,
        scale: scalar(0.3),
        ...factors(choice, rows, columns).given,
      });
      yield [inputs, (weight) => penalizedGradient({ ...inputs(), ...(weight && { weight }) })];
    }
  }
}

/** Lets an optimizer of TensorFlow.js take a step; returns the new weight's bits. */
function stockStep(optimizer: Optimizer, weight: Variable, gradient: Tensor): number[] {
  optimizer.applyGradients({ [weight.name]: gradient });
  return bitsOf(weight);
}
