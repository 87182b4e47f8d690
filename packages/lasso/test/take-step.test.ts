import {
  AdamOptimizer,
  dispose,
  SGDOptimizer,
  tensor,
  type NamedTensorMap,
  type Optimizer,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { groupLasso, type GroupLassoOptions, type NamedTensor } from '../src/index.ts';
import { bits, disposeVariables, groups, makeVariables, noise, shapes } from './helpers.ts';

/** Subclasses take the way of every optimizer we do not know: TensorFlow.js's own steps. */
class StockSgd extends SGDOptimizer {
  override applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    super.applyGradients(gradients);
  }
}
class StockAdam extends AdamOptimizer {
  override applyGradients(gradients: Parameters<AdamOptimizer['applyGradients']>[0]): void {
    super.applyGradients(gradients);
  }
}

const pairs: readonly (readonly [string, () => Optimizer, () => Optimizer])[] = [
  ['sgd', () => new SGDOptimizer(0.3), () => new StockSgd(0.3)],
  ['adam', () => new AdamOptimizer(0.02, 0.9, 0.99), () => new StockAdam(0.02, 0.9, 0.99)],
];

/** Everything that four steps leave behind: weights, the optimizer's state by name, its step count. */
async function train(
  inner: Optimizer,
  options: GroupLassoOptions,
): Promise<{ values: Record<string, Uint32Array>; norm: number; iterations: number }> {
  const variables = makeVariables();
  const optimizer = groupLasso(inner, groups, { ...options, missingGradients: 'ignore' });
  for (let step = 0; step < 4; step++) {
    // The second weight has no gradient at the first step, but a place in the optimizer's state.
    const given = Object.entries(shapes).map(([name, shape], i): NamedTensor => {
      const size = shape.reduce((a, b) => a * b, 1);
      const made = step === 0 && i === 1 ? undefined : tensor(noise(size, 7 * step + i), shape);
      return { name, tensor: made as unknown as Tensor };
    });
    optimizer.applyGradients(given);
    dispose(given.map((gradient) => gradient.tensor));
  }
  const values: Record<string, Uint32Array> = {};
  for (const [name, variable] of Object.entries(variables)) values[name] = await bits(variable);
  const [count, ...slots] = await optimizer.getWeights();
  for (const slot of slots) values[slot.name] = await bits(slot.tensor);
  const { accBeta1, accBeta2 } = inner as unknown as Partial<Record<string, Variable>>;
  if (accBeta1 !== undefined) values['accBeta1'] = await bits(accBeta1);
  if (accBeta2 !== undefined) values['accBeta2'] = await bits(accBeta2);
  const { gradientNorm } = await optimizer.metrics();
  const result = { values, norm: gradientNorm, iterations: optimizer.iterations };
  count!.tensor.dispose();
  optimizer.dispose();
  disposeVariables();
  return result;
}

describeBackend('steps in one pass', () => {
  afterEach(disposeVariables);

  describe.each(pairs)('of %s', (_, fused, stock) => {
    test.each<[string, GroupLassoOptions]>([
      ['lambda 0', { lambda: 0 }],
      ['a clip alone', { lambda: 0, clipNorm: 0.5 }],
      ['a clip that does nothing', { lambda: 0, clipNorm: 1e6 }],
      ['a penalty', { lambda: 0.05 }],
      ['a penalty, a clip and a threshold', { lambda: 0.05, clipNorm: 2, threshold: 0.1 }],
      ['a threshold on groups', { lambda: 0.05, threshold: 0.1, thresholdScope: 'groups' }],
      ['a proximal step', { lambda: 0.5, penalty: 'proximal', threshold: 0.1, clipNorm: 2 }],
    ])('with %s leave the bits of TensorFlow.js, state included', async (_name, options) => {
      const expected = await train(stock(), options);
      expect(await train(fused(), options)).toEqual(expected);
      expect(expected.iterations).toBe(4);
    });
  });

  test('let a divergence be seen in every weight under a clip', async () => {
    for (const [, make] of pairs) {
      const variables = makeVariables();
      const inner = make();
      const optimizer = groupLasso(inner, groups, { lambda: 0.1, threshold: 0.5, clipNorm: 1 });
      const gradients = Object.fromEntries(
        Object.entries(shapes).map(([name, shape], i) => {
          const size = shape.reduce((a, b) => a * b, 1);
          const values = noise(size, i);
          if (i === 0) values[0] = Infinity;
          return [name, tensor(values, shape)];
        }),
      );
      optimizer.applyGradients(gradients);
      for (const variable of Object.values(variables)) {
        expect((await variable.data()).every(Number.isNaN)).toBe(true);
      }
      dispose(gradients);
      optimizer.dispose();
      disposeVariables();
    }
  });

  test('say which gradient does not fit its weight', () => {
    makeVariables();
    const optimizer = groupLasso(new SGDOptimizer(1), groups, {
      lambda: 0,
      missingGradients: 'ignore',
    });
    const gradient = tensor([1, 2]);
    expect(() => {
      optimizer.applyGradients({ 'lstm1/bias': gradient });
    }).toThrow('sgdStep: expected gradient to be float32 [16], found float32 [2]');
    gradient.dispose();
    optimizer.dispose();
  });
});
