import {
  AdamOptimizer,
  mul,
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
  penalizedGradient,
  sgdStep,
  shrinkWeight,
  type AdamInputs,
  type SgdInputs,
} from '@secateur/backend/kernels';
import {
  bitsOf,
  describeBackend,
  expectAllClose,
  factorChoices,
  factors,
  made,
  matrices,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';

const adamSettings = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

interface AdamFields {
  accumulatedFirstMoment: { variable: Variable }[];
  accumulatedSecondMoment: { variable: Variable }[];
  accBeta1: Scalar;
  accBeta2: Scalar;
}

/** Lets an optimizer of tfjs take a step on the penalized gradient; returns the new weight's bits. */
function stockStep(optimizer: Optimizer, weight: Variable, gradient: Tensor): number[] {
  optimizer.applyGradients({ [weight.name]: gradient });
  return bitsOf(weight);
}

describeBackend('the steps of optimizers', () => {
  test('SGD goes against the penalized gradient, then zeroes what is small', () => {
    tidy(() => {
      const out = sgdStep(
        {
          gradient: tensor1d([1, 2, 3, 4, 5]),
          weight: tensor1d([1, 2, 3, 4, 5]),
          columns: tensor1d([1, 1, 0, 0, -1]),
          scale: scalar(0.5),
        },
        { learningRate: 0.5, threshold: 0.6 },
      );
      // 1 - 0.5 * 0.5 * (1 + 1), and so on.
      expect([...out.dataSync()]).toEqual([0, 1, 2.25, 3, 5]);
    });
  });

  test('Adam moves by the learning rate at first, whatever the size of the gradient', () => {
    tidy(() => {
      const { weight, firstMoment, secondMoment } = adamStep(
        {
          gradient: tensor1d([1e-2, -3, 0]),
          weight: tensor1d([1, 1, 1]),
          ...{ firstMoment: zeros([3]), secondMoment: zeros([3]) },
          ...{ correction1: scalar(0.1), correction2: scalar(0.001) },
        },
        { ...adamSettings, threshold: 0 },
      );
      expectAllClose(weight, [0.99, 1.01, 1]);
      expectAllClose(firstMoment, [1e-3, -0.3, 0]);
      expectAllClose(secondMoment, [1e-7, 9e-3, 0], { atol: 1e-12 });
    });
  });

  describe.each(factorChoices)('with factors of %s', (choice) => {
    test.each(matrices)('SGD has the bits of TensorFlow.js for [%i, %i]', (rows, columns) => {
      tidy(() => {
        const optimizer = new SGDOptimizer(0.7);
        const weight = variable(made([rows, columns], 2).x, true, 'sgd weight');
        const { given } = factors(choice, rows, columns);
        const inputs: SgdInputs & Record<string, Tensor> = {
          gradient: made([rows, columns], 1).x,
          weight: weight.clone(),
          scale: scalar(0.3),
          ...given,
        };
        for (const threshold of [0, 0.5]) {
          const settings = { learningRate: 0.7, threshold };
          const fused = sgdStep(inputs, settings);
          expect(fused.shape).toEqual([rows, columns]);
          expect(bitsOf(fused)).toEqual(bitsOf(composedSgdStep(inputs, settings)[0]));
          weight.assign(inputs.weight);
          const stock = stockStep(optimizer, weight, penalizedGradient(inputs));
          expect(bitsOf(fused)).toEqual(
            threshold === 0 ? stock : bitsOf(shrinkWeight(weight, {}, threshold)),
          );
        }
        weight.dispose();
        optimizer.dispose();
      });
    });

    test.each(matrices)('Adam has the bits of TensorFlow.js for [%i, %i]', (rows, columns) => {
      tidy(() => {
        const { learningRate, beta1, beta2, epsilon } = adamSettings;
        const optimizer = new AdamOptimizer(learningRate, beta1, beta2, epsilon);
        const fields = optimizer as unknown as AdamFields;
        const weight = variable(made([rows, columns], 2).x, true, 'adam weight');
        const { given } = factors(choice, rows, columns);
        for (const seed of [1, 7, 8]) {
          const before = fields.accumulatedFirstMoment[0];
          const inputs: AdamInputs & Record<string, Tensor> = {
            gradient: made([rows, columns], seed).x,
            weight: weight.clone(),
            scale: scalar(0.3),
            firstMoment: before?.variable.clone() ?? zeros([rows, columns]),
            secondMoment:
              fields.accumulatedSecondMoment[0]?.variable.clone() ?? zeros([rows, columns]),
            correction1: sub(1, fields.accBeta1),
            correction2: sub(1, fields.accBeta2),
            ...given,
          };
          const settings = { ...adamSettings, threshold: 0 };
          const fused = adamStep(inputs, settings);
          const [composed] = composedAdamStep(inputs, settings);
          const small = adamStep(inputs, { ...settings, threshold: 0.5 }).weight;

          expect(stockStep(optimizer, weight, penalizedGradient(inputs))).toEqual(
            bitsOf(fused.weight),
          );
          expect(bitsOf(composed)).toEqual(bitsOf(fused.weight));
          expect(bitsOf(small)).toEqual(bitsOf(shrinkWeight(weight, {}, 0.5)));
          expect(bitsOf(fused.firstMoment)).toEqual(
            bitsOf(fields.accumulatedFirstMoment[0]!.variable),
          );
          expect(bitsOf(fused.secondMoment)).toEqual(
            bitsOf(fields.accumulatedSecondMoment[0]!.variable),
          );
        }
        weight.dispose();
        optimizer.dispose();
      });
    });
  });

  test('neither changes what it reads, not even data that tensors share', () => {
    tidy(() => {
      const weight = tensor1d([1, 2, 3, 4, 5]);
      const shared = weight.clone();
      const gradient = mul(weight, 2);
      sgdStep({ gradient, weight }, { learningRate: 1, threshold: 0 });
      expect([...shared.dataSync()]).toEqual([1, 2, 3, 4, 5]);
      expect([...gradient.dataSync()]).toEqual([2, 4, 6, 8, 10]);
    });
  });

  test('both let NaN through', () => {
    tidy(() => {
      const gradient = tensor1d([NaN, 1, 1, 1, 1, NaN]);
      const weight = tensor1d([1, 1, 1, 1, 1, 1]);
      const seen = [NaN, 1, 1, 1, 1, NaN].map(Number.isNaN);
      const sgd = sgdStep({ gradient, weight }, { learningRate: 0.1, threshold: 0.1 });
      expect([...sgd.dataSync()].map(Number.isNaN)).toEqual(seen);
      const moments = { firstMoment: zeros([6]), secondMoment: zeros([6]) };
      const corrections = { correction1: scalar(0.1), correction2: scalar(0.001) };
      const adam = adamStep(
        { gradient, weight, ...moments, ...corrections },
        { ...adamSettings, threshold: 0.1 },
      );
      for (const out of Object.values(adam) as Tensor[]) {
        expect([...out.dataSync()].map(Number.isNaN)).toEqual(seen);
      }
    });
  });

  test('both refuse what does not fit together', () => {
    tidy(() => {
      const weight = zeros([2, 3]);
      expect(() =>
        sgdStep({ gradient: zeros([2]), weight }, { learningRate: 1, threshold: 0 }),
      ).toThrow('sgdStep: expected gradient to be float32 [2, 3], found float32 [2]');
      expect(() =>
        adamStep(
          {
            ...{ gradient: weight, weight, firstMoment: weight, secondMoment: zeros([3, 2]) },
            ...{ correction1: scalar(1), correction2: scalar(1) },
          },
          { ...adamSettings, threshold: 0 },
        ),
      ).toThrow('adamStep: expected secondMoment to be float32 [2, 3], found float32 [3, 2]');
    });
  });
});
