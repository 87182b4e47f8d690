import {
  add,
  avgPool,
  cast,
  clipByValue,
  concat,
  conv2d,
  fused,
  gather,
  grads,
  image,
  matMul,
  maxPool,
  maximum,
  minimum,
  prelu,
  profile,
  reshape,
  scalar,
  split,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  type Rank,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import {
  adamStep,
  groupSquaredNorms,
  distilledCrossEntropy,
  recurrentSequence,
  KERNELS,
  penalizedGradient,
  penalizedSquaredNorm,
  penaltyFactors,
  sgdStep,
  shrinkWeight,
  sparseSoftmaxCrossEntropy,
} from '@secateur/backend/kernels';
import { gruCell, gruResetBeforeCell, lstmCell, rhnCell } from '@secateur/kernels';
import '@secateur/backend-wasm';
import {
  bitsOf,
  fillMemoryBelow,
  floats,
  SIGN_BIT,
  sizeOf,
  cellTensors,
  cellValues,
  coupledCell,
} from '@secateur/testing';
import { expect, test } from 'vitest';
import { wasm } from '../simd/builds.ts';

/** Large enough that products and steps are shared among threads. */
const sizes = { batch: 16, time: 3, input: 40, units: 64 };

const made = (shape: number[], seed: number): Tensor => tensor(floats(sizeOf(shape), seed), shape);

/** The gradients of the sum of what a function gives, by all of the given tensors. */
function slopes(inputs: readonly Tensor[], f: (...given: Tensor[]) => Tensor): Tensor[] {
  return grads((...given: Tensor[]) => sum(f(...given)))([...inputs]);
}

/** Runs each of our kernels; no result depends on another. */
function everything(): Tensor[] {
  const [weight, gradient] = [made([70, 90], 1), made([70, 90], 2)];
  const rows = made([70], 3) as Tensor1D;
  const columns = made([90], 4) as Tensor1D;
  const penalized = { gradient, weight, rows, columns };
  const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, threshold: 0.01 };
  const stepped = adamStep(
    {
      ...penalized,
      firstMoment: made([70, 90], 5),
      secondMoment: cast(cast(made([70, 90], 6), 'bool'), 'float32'),
      correction1: scalar(0.9),
      correction2: scalar(0.999),
    },
    adam,
  );
  const index = (values: number[]): Tensor2D =>
    reshape(tensor1d(values, 'int32'), [1, values.length]);
  const penalty = penaltyFactors(
    {
      squares: tensor1d([1, 2, 3, 4]),
      sources: index([0, 2]),
      sourceFactors: reshape<Rank.R2>(tensor1d([1, 1]), [1, 2]),
      targets: index([0, 0, 1, 1]),
      targetFactors: reshape<Rank.R2>(tensor1d([1, 1, 1, 1]), [1, 4]),
    },
    { rule: 'proximal', lambda: 0.1, epsilon: 0 },
  );
  const ids = tensor1d([1, 3, 1], 'int32');
  const logits = made([48, 300], 7) as Tensor2D;
  const teacher = made([48, 300], 13) as Tensor2D;
  const labels = tensor1d(
    Array.from({ length: 48 }, (_, i) => i),
    'int32',
  );
  const [left, right] = [made([80, 64], 8) as Tensor2D, made([64, 80], 9) as Tensor2D];
  const picture = made([1, 9, 9, 5], 10) as Tensor4D;
  return [
    ...[lstmCell, gruCell, gruResetBeforeCell, rhnCell, coupledCell].flatMap((cell) => {
      const inputs = cellTensors(cell, cellValues(cell, sizes));
      const run = (x: Tensor): Tensor => recurrentSequence(cell, { ...inputs, x: x as Tensor3D }).y;
      return [run(inputs.x), ...slopes([inputs.x], run)];
    }),
    matMul(left, right),
    matMul(left, left, true),
    matMul(right, right, false, true),
    fused.matMul({ a: left, b: right, bias: made([80], 11), activation: 'relu' }),
    sparseSoftmaxCrossEntropy(logits, labels),
    ...slopes([logits], (given) => sparseSoftmaxCrossEntropy(given as Tensor2D, labels)),
    ...slopes([logits], (given) =>
      distilledCrossEntropy(given as Tensor2D, teacher, labels, { share: 0.5, temperature: 2 }),
    ),
    gather(weight, ids),
    ...slopes([weight], (given) => gather(given, ids)),
    sum(weight, 0),
    concat([weight, gradient], 1),
    ...split(weight, 2, 1),
    clipByValue(weight, -0.5, 0.5),
    ...slopes([picture], (given) => maxPool(given as Tensor4D, 3, 2, 'same')),
    ...slopes([picture], (given) => avgPool(given as Tensor4D, 3, 2, 'same')),
    ...slopes([picture, made([3, 3, 5, 4], 12)], (x, filter) =>
      conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same'),
    ),
    ...groupSquaredNorms(weight, [0, 1]),
    penalizedGradient(penalized),
    penalizedSquaredNorm(penalized),
    penalty,
    sgdStep(penalized, { learningRate: 0.1, threshold: 0.01 }),
    ...Object.values(stepped),
    shrinkWeight(weight, { rows, columns }, 0.01),
    maximum(weight, gradient),
    minimum(weight, gradient),
    prelu(weight, columns),
    add(weight, gradient),
  ];
}

test.each([1, 2])(
  'every kernel computes the same bits above 2 GiB [threads %d]',
  async (threads) => {
    await useBackend('wasm', { threads });
    const bits = (): number[][] => tidy(() => everything().map(bitsOf));
    const below = bits();
    const giveBack = fillMemoryBelow(SIGN_BIT);
    try {
      tidy(() => {
        expect(wasm().getMemoryOffset(scalar(1).dataId)).toBeGreaterThanOrEqual(SIGN_BIT);
      });
      expect(bits()).toEqual(below);
    } finally {
      giveBack();
    }
  },
);

test('these are all kernels with addresses in them', async () => {
  await useBackend('wasm');
  const { kernelNames } = await profile(() => tidy(everything) as unknown as Scalar);
  const stockNames = [
    'BatchMatMul',
    '_FusedMatMul',
    'GatherV2',
    'UnsortedSegmentSum',
    'Sum',
    'Concat',
    'SplitV',
    'ClipByValue',
    'MaxPool',
    'MaxPoolGrad',
    'AvgPool',
    'AvgPoolGrad',
    'Conv2DBackpropFilter',
    'Cast',
    'Identity',
    'Maximum',
    'Minimum',
    'Prelu',
  ];
  expect(kernelNames).toEqual(expect.arrayContaining([...Object.values(KERNELS), ...stockNames]));
});

test('stock kernels whose module returns addresses find their results above 2 GiB', async () => {
  await useBackend('wasm');
  const giveBack = fillMemoryBelow(SIGN_BIT);
  try {
    tidy(() => {
      // The third box lies apart, the second is the first.
      const boxes = tensor2d([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3], [3, 4]);
      const scores = tensor1d([0.9, 0.8, 0.7]);
      expect([...image.nonMaxSuppression(boxes, scores, 3).dataSync()]).toEqual([0, 2]);
      const padded = image.nonMaxSuppressionPadded(boxes, scores, 3, 0.5, 0, true);
      expect([...padded['validOutputs']!.dataSync()]).toEqual([2]);
      const scored = image.nonMaxSuppressionWithScore(boxes, scores, 3);
      expect([...scored['selectedIndices']!.dataSync()]).toEqual([0, 2]);
      expect([...scored['selectedScores']!.dataSync()]).toEqual(
        [...scores.dataSync()].filter((_, i) => i !== 1),
      );
    });
  } finally {
    giveBack();
  }
});
