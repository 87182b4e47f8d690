import {
  dispose,
  engine,
  grad,
  memory,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  train,
  variable,
  zeros,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import {
  composedSparseSoftmaxCrossEntropy,
  composedSparseSoftmaxCrossEntropyGrad,
  contracts,
  KERNELS,
  readsAtOnce,
  sparseSoftmaxCrossEntropy,
} from '@secateur/backend/kernels';
import { expect, test } from 'vitest';
import {
  softmaxCrossEntropyGradientReference,
  softmaxCrossEntropyReference,
} from '../cross-entropy-reference.ts';
import { expectAllClose } from '../expect-all-close.ts';
import { floats, numbers } from '../numbers.ts';
import { read } from '../read.ts';
import type { NamedSizes } from './inputs.ts';
import { kernelSuite, type SuiteOptions } from './suite.ts';

/** Round the lanes of vectors and of workgroups. */
export const rowsAndClasses: readonly NamedSizes[] = [
  [3, 7],
  [1, 1],
  [1, 2],
  [2, 3],
  [5, 4],
  [2, 8],
  [7, 9],
  [3, 15],
  [2, 16],
  [2, 17],
  [6, 29],
  [1, 63],
  [2, 64],
  [3, 65],
  [2, 127],
  [2, 128],
  [3, 129],
  [2, 255],
  [2, 256],
  [3, 257],
  [2, 513],
  [3, 1030],
  [130, 3],
].map(([rows, classes]) => ({ rows: rows!, classes: classes! }));

interface Inputs {
  readonly logits: Tensor2D;
  readonly labels: Tensor1D;
}

/** Runs a kernel by its name. */
const run = (name: string, inputs: object): Tensor[] => {
  const outputs = engine().runKernel(name, inputs as never) as Tensor | Tensor[];
  return [outputs].flat();
};

const scaled = (values: ArrayLike<number>, scale: number): Float32Array =>
  Float32Array.from(values, (x) => scale * x);

/** The loss of logits as rows, and the gradient of its sum. */
const lossAndSlope = (logits: Tensor2D, labels: readonly number[]): Tensor[] => {
  const ids = tensor1d([...labels], 'int32');
  const loss = (l: Tensor): Tensor => sparseSoftmaxCrossEntropy(l as Tensor2D, ids);
  return [loss(logits), grad((l: Tensor) => sum(loss(l)))(logits)];
};

/** Tests of the kernel `SparseSoftmaxCrossEntropy`. */
export function crossEntropySuite(options?: SuiteOptions): void {
  kernelSuite(
    {
      contract: contracts.SparseSoftmaxCrossEntropy,
      caller: 'sparseSoftmaxCrossEntropy',
      // The function first, for its checks; it keeps the probabilities to itself.
      call: (inputs: Inputs) => {
        sparseSoftmaxCrossEntropy(inputs.logits, inputs.labels).dispose();
        return run(KERNELS.sparseSoftmaxCrossEntropy, inputs);
      },
      composed: composedSparseSoftmaxCrossEntropy,
      sizes: rowsAndClasses,
      attributes: [{}],
      adapt: ({ logits, ...rest }) => ({ ...rest, logits: scaled(logits!, 4) }),
      reference: ({ logits, labels }, _, { classes }) => {
        const width = classes as number;
        const probabilities = Float64Array.from(logits!, (value, at) => {
          const start = at - (at % width);
          const row = (logits as Float32Array).subarray(start, start + width);
          return 1 / row.reduce((total, other) => total + Math.exp(other - value), 0);
        });
        return [softmaxCrossEntropyReference(logits!, labels!), probabilities];
      },
      close: { rtol: 3e-6, atol: 2e-6 },
    },
    options,
  );

  test('is log 2 for two equal logits', async () => {
    const [loss] = await read(() => [
      sparseSoftmaxCrossEntropy(zeros([1, 2]), tensor1d([1], 'int32')),
    ]);
    expectAllClose(loss!.data, [Math.LN2]);
  });

  test('is exact for a certain answer, and finite when the probability of the label underflows', async () => {
    const logits = [0, 1000, -3000, 3000, 88, -20, 0, 0];
    const [loss, slope] = await read(() => lossAndSlope(tensor2d(logits, [4, 2]), [0, 0, 0, 1]));
    expectAllClose(loss!.data, [1000, 6000, Math.log1p(Math.exp(-108)), Math.LN2]);
    expectAllClose(slope!.data, [-1, 1, -1, 1, 0, 0, 0.5, -0.5], { atol: 1e-6 });
  });

  test('does not change when all logits of a row move together', async () => {
    const logits = numbers(12, 21, 4);
    const moved = logits.map((l) => l + 64);
    const [loss, same] = await read(() =>
      [logits, moved].map((each) =>
        sparseSoftmaxCrossEntropy(tensor2d(scaled(each, 1), [3, 4]), tensor1d([3, 0, 1], 'int32')),
      ),
    );
    expectAllClose(same!.data, loss!.data, { atol: 1e-4 });
  });

  test('refuses labels out of range and names the row, where reading them does not stall a device', () => {
    if (!readsAtOnce()) return;
    tidy(() => {
      const losses = (labels: number[]) => () =>
        sparseSoftmaxCrossEntropy(zeros([3, 4]), tensor1d(labels, 'int32'));
      expect(losses([0, 4, 0])).toThrow(
        'sparseSoftmaxCrossEntropy: expected labels from 0 to 3, found 4 in row 1; check that the vocabulary',
      );
      expect(losses([0, 3, -1])).toThrow('expected labels from 0 to 3, found -1 in row 2');
    });
  });

  test('trains through minimize without keeping a tensor', async () => {
    const logits = tidy(() => variable(zeros([2, 5])));
    const labels = tensor1d([1, 3], 'int32');
    const optimizer = train.sgd(1);
    const loss = (): Scalar => sum(sparseSoftmaxCrossEntropy(logits as Tensor2D, labels));
    const step = async (): Promise<number> => {
      const [cost] = await read(() => [optimizer.minimize(loss, true)!]);
      return cost!.data[0]!;
    };
    const first = await step();
    const before = memory().numTensors;
    for (let k = 0; k < 20; k++) await step();
    expect(memory().numTensors).toBe(before);
    expect(await step()).toBeLessThan(0.2 * first);
    dispose([logits, labels]);
    optimizer.dispose();
  });
}

/** Tests of the kernel `SparseSoftmaxCrossEntropyGrad`. */
export function crossEntropyGradSuite(options?: SuiteOptions): void {
  const name = KERNELS.sparseSoftmaxCrossEntropyGrad;
  test.each(rowsAndClasses)('agrees with float64 at $rows x $classes', async (sizes) => {
    const [height, width] = [sizes['rows'] as number, sizes['classes'] as number];
    const logits = numbers(height * width, 8, 3);
    const labels = Int32Array.from({ length: height }, (_, n) => (n * 5 + width - 1) % width);
    const dy = floats(height, 9);
    await options?.soil?.([height * width]);
    const [slope, composed] = await read(() => {
      const inputs = {
        logits: tensor2d(scaled(logits, 1), [height, width]),
        labels: tensor1d(labels, 'int32'),
      };
      const [, probabilities] = run(KERNELS.sparseSoftmaxCrossEntropy, inputs);
      const back = { dy: tensor1d(dy), probabilities: probabilities!, labels: inputs.labels };
      return [...run(name, back), ...composedSparseSoftmaxCrossEntropyGrad(back)];
    });
    const expected = softmaxCrossEntropyGradientReference(logits, labels, dy);
    for (const { shape, data } of [slope!, composed!]) {
      expect(shape).toEqual([height, width]);
      expectAllClose(data, expected, { rtol: 1e-5, atol: 1e-6 });
    }
    // What is taken from one class is given to others.
    for (let n = 0; n < height; n++) {
      const row = slope!.data.subarray(n * width, (n + 1) * width);
      expect(Math.abs(row.reduce((a, b) => a + b, 0))).toBeLessThan(1e-5);
    }
  });

  test('takes what is upstream from the label', async () => {
    const slopes = await read(() => {
      const inputs = {
        dy: tensor1d([2, -1]),
        probabilities: tensor2d([0.5, 0.25, 0.25, 0.125, 0.125, 0.75], [2, 3]),
        labels: tensor1d([0, 2], 'int32'),
      };
      return [...run(name, inputs), ...composedSparseSoftmaxCrossEntropyGrad(inputs)];
    });
    for (const { data } of slopes) expectAllClose(data, [-1, 0.5, 0.5, -0.125, -0.125, 0.25]);
  });
}
