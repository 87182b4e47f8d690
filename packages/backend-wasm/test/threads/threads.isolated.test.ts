import { execFileSync } from 'node:child_process';
import { dispose, grad, matMul, memory, randomUniform, sum, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { describe as describeBackend, useBackend } from '@secateur/backend';
import {
  groupSquaredNorms,
  penalizedSquaredNorm,
  sgdStep,
  sparseSoftmaxCrossEntropy,
} from '@secateur/backend/kernels';
import '@secateur/backend-wasm';
import { afterAll, describe, expect, test } from 'vitest';
import { bitsByThreads } from './bits-by-threads.ts';

// The memory is shared from the first start on only when threads are asked for.
await useBackend('wasm', { threads: 3 });
afterAll(() => useBackend('wasm', { threads: 1 }));

describe('the same bits whatever the number of threads', () => {
  test.each([
    [700, 65, 300, false, false],
    [31, 1003, 257, false, true],
    [333, 129, 70, true, false],
    [129, 333, 70, true, true],
    [20, 2600, 650, false, false],
    [1, 9000, 123, false, false],
  ])('product %d x %d, depth %d, transposed %s %s', async (m, n, k, transposeA, transposeB) => {
    const a = randomUniform(transposeA ? [k, m] : [m, k], -1, 1, 'float32', 1) as Tensor2D;
    const b = randomUniform(transposeB ? [n, k] : [k, n], -1, 1, 'float32', 2) as Tensor2D;
    const before = memory().numTensors;
    const bits = await bitsByThreads(() => [matMul(a, b, transposeA, transposeB)]);
    expect(new Set(bits).size).toBe(1);
    expect(memory().numTensors).toBe(before);
    dispose([a, b]);
  });

  test.each([
    [2600, 650],
    [3, 200001],
    [10007, 33],
    [5, 7],
  ])('norms of a weight of %d x %d', async (rows, columns) => {
    const weight = randomUniform([rows, columns], -1, 1, 'float32', 1);
    const gradient = randomUniform([rows, columns], -1, 1, 'float32', 2);
    const perRow = randomUniform([rows], 0, 1, 'float32', 3) as Tensor1D;
    const perColumn = randomUniform([columns], 0, 1, 'float32', 4) as Tensor1D;
    const before = memory().numTensors;
    const bits = await bitsByThreads(() => [
      ...groupSquaredNorms(weight, [0, 1]),
      penalizedSquaredNorm({ gradient }),
      penalizedSquaredNorm({ gradient, weight, rows: perRow }),
      penalizedSquaredNorm({ gradient, weight, rows: perRow, columns: perColumn }),
    ]);
    expect(new Set(bits).size).toBe(1);
    expect(memory().numTensors).toBe(before);
    dispose([weight, gradient, perRow, perColumn]);
  });
});

test('the softmax loss, its gradient and a step of gradient descent, the same too', async () => {
  const logits = randomUniform([61, 4003], -9, 9, 'float32', 1) as Tensor2D;
  const labels = tensor1d(Int32Array.from({ length: 61 }, (_, i) => i * 7));
  const columns = randomUniform([4003], 0, 1, 'float32', 2) as Tensor1D;
  const slope = grad((x) => sum(sparseSoftmaxCrossEntropy(x as Tensor2D, labels)));
  const bits = await bitsByThreads(() => {
    const gradient = slope(logits);
    const attributes = { learningRate: 0.1, threshold: 0.01 };
    const moved = sgdStep({ weight: logits, gradient, columns }, attributes);
    return [sparseSoftmaxCrossEntropy(logits, labels), gradient, moved];
  });
  expect(new Set(bits).size).toBe(1);
  dispose([logits, labels, columns]);
});

test('the description tells threads and SIMD build', async () => {
  await useBackend('wasm', { threads: 2 });
  expect(describeBackend().features).toEqual({
    simd: expect.stringMatching(/^(plain|relaxed)$/) as string,
    threads: 2,
  });
});

test.each([0, -1, 1.5, 65, NaN, '2'])('threads: %s is refused', async (threads) => {
  await expect(useBackend('wasm', { threads: threads as number })).rejects.toThrow(
    /expected threads to be a whole number from 1( to 64)?, found/,
  );
});

test('a process with waiting workers ends by itself', () => {
  const script = `
    import { matMul, ones } from '@tensorflow/tfjs-core';
    import { useBackend } from '@secateur/backend';
    import '@secateur/backend-wasm';
    const { features } = await useBackend('wasm', { threads: 4 });
    const product = matMul(ones([300, 200]), ones([200, 400]));
    console.log(\`\${features.threads} \${product.dataSync().every((value) => value === 200)}\`);
  `;
  const printed = execFileSync(
    process.execPath,
    ['--import', 'tsx', '--conditions=@secateur/source', '--input-type=module', '-e', script],
    { cwd: import.meta.dirname, encoding: 'utf8' },
  );
  expect(printed.trim()).toBe('4 true');
});
