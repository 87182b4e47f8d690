import { clipByValue, fill, tensor, tensor1d, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describeBackend, floats, numbers } from '@secateur/testing';
import { tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { describeBuilds } from './simd/builds.ts';

describeBuilds('ClipByValue', () => {
  test.each([0, 1, 3, 4, 15, 16, 17, 100])('clips %i numbers, and keeps NaN', (count) => {
    tidy(() => {
      const values = Float32Array.from(numbers(count, 1, 3), (x, i) => (i % 5 === 3 ? NaN : x));
      const expected = values.map((x) => (x < -1 ? -1 : x > 0.5 ? 0.5 : x));
      expect(clipByValue(tensor1d(values), -1, 0.5).dataSync()).toEqual(expected);
    });
  });
  test('clips infinities, and nothing at the largest bound', () => {
    tidy(() => {
      const x = tensor1d([-Infinity, -2, 3e38, Infinity]);
      expect([...clipByValue(x, 1, Number.MAX_VALUE).dataSync()]).toEqual([
        1,
        1,
        Math.fround(3e38),
        Infinity,
      ]);
    });
  });
  test('clips whole numbers', () => {
    tidy(() => {
      const clipped = clipByValue(tensor1d([-5, 0, 2, 9], 'int32'), -1, 6);
      expect(clipped.dtype).toBe('int32');
      expect([...clipped.dataSync()]).toEqual([-1, 0, 2, 6]);
    });
  });
});

describeBackend('a network of NaN', () => {
  const lost = (activation: 'softmax' | 'sigmoid'): LayersModel => {
    const model = sequential({
      layers: [
        layers.lstm({ units: 2, inputShape: [3, 2], recurrentInitializer: 'glorotUniform' }),
        layers.dense({ units: 2, activation }),
      ],
    });
    tidy(() => {
      model.setWeights(model.weights.map(({ shape }) => fill(shape as number[], NaN)));
    });
    return model;
  };
  describe.each([
    ['categoricalCrossentropy', 'softmax'],
    ['binaryCrossentropy', 'sigmoid'],
  ] as const)('%s', (loss, activation) => {
    test('is NaN', async () => {
      const model = lost(activation);
      model.compile({ optimizer: 'sgd', loss });
      const x = tensor(floats(12, 2), [2, 3, 2]);
      const y = tensor2d([
        [1, 0],
        [0, 1],
      ]);
      const { history } = await model.fit(x, y, { epochs: 1, verbose: 0 });
      expect(history['loss']).toEqual([NaN]);
      for (const each of [x, y]) each.dispose();
      model.dispose();
    });
  });
  test('is not hidden by hardSigmoid', () => {
    tidy(() => {
      const hard = layers.activation({ activation: 'hardSigmoid' });
      expect([...(hard.apply(tensor1d([NaN, -9, 9])) as Tensor).dataSync()]).toEqual([NaN, 0, 1]);
    });
  });
});
