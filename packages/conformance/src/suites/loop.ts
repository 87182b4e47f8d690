import { dispose, grads, memory, sum, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { weightTensors } from '@secateur/cells';
import { countMacs, layoutShapes, resizeLayout, type Weights } from '@secateur/groups';
import { findRemovable, prune } from '@secateur/pruner';
import { verify } from '@secateur/pruner/tfjs';
import { expectAllClose } from '@secateur/testing/numeric';
import { describe, expect, test } from 'vitest';
import { trainReference, type Float64Weights } from '../loop/reference.ts';
import { firstWeights, layout, loops, model, net, windowOf } from '../loop/setup.ts';
import { read } from '@secateur/testing/numeric';
import { trainOnBackend } from '../loop/train.ts';

/** Weights of the reference in the form that the pruner takes. */
function inSinglePrecision(weights: Float64Weights): Weights {
  const shapes = layoutShapes(layout);
  return Object.fromEntries(
    Object.entries(weights).map(([name, data]) => [
      name,
      { shape: shapes[name]!, data: Float32Array.from(data) },
    ]),
  );
}

/** Runs two networks of different sizes on the same words and returns the largest difference of their logits. */
async function largestDifference(before: Weights, after: Weights): Promise<number> {
  const words = tensor2d(windowOf(99).inputs, [model.batch, model.time], 'int32');
  const networks = [before, after].map(weightTensors);
  const [whole, pruned] = networks.map(
    (weights) => () => tidy(() => net.apply(weights, words).outputs),
  );
  const { maxAbsDifference } = await verify(whole!, pruned!);
  dispose([words, ...networks.flatMap((each) => Object.values(each))]);
  return maxAbsDifference;
}

/** Tests of training, pruning and verifying a language model: what the packages are for. */
export function loopSuite(): void {
  describe.each(loops)('30 steps of training with the $penalty penalty', (options) => {
    test('end at the weights and the components of float64, and pruning changes no output', async () => {
      const first = firstWeights(options.seed);
      const reference = trainReference(first, options);
      const { weights, losses, alive } = await trainOnBackend(first, options);

      expectAllClose([...losses], reference.losses, { rtol: 1e-4 });
      for (const [name, data] of Object.entries(reference.weights)) {
        expectAllClose(weights[name]!.data, data, { rtol: 1e-3, atol: 1e-4 });
      }
      const { kept, removed } = findRemovable(weights, layout);
      const expected = findRemovable(inSinglePrecision(reference.weights), layout);
      expect(kept).toEqual(expected.kept);
      expect([removed['h1'], removed['h2']]).toEqual([
        [2, 5, 8],
        [2, 5],
      ]);
      expect(alive).toEqual({ h1: 6, h2: 4 });
      const smaller = prune(weights, layout, kept);
      expect(smaller.layout.dims).toMatchObject({ h1: 6, h2: 4 });
      expect(await largestDifference(weights, smaller.weights)).toBeLessThan(1e-5);
    });
  });

  test('a budget is met by its step, to within one component, and pruning changes no output', async () => {
    const options = { ...loops[0]!, steps: 40 };
    const budget = { layout, macs: 0.5, by: 25 };
    const { weights, alive } = await trainOnBackend(firstWeights(options.seed), options, budget);
    const { kept } = findRemovable(weights, layout);
    const smaller = prune(weights, layout, kept);
    expect(smaller.layout.dims).toMatchObject(alive);
    const target = 0.5 * countMacs(layout);
    expect(countMacs(smaller.layout)).toBeLessThanOrEqual(target);
    const dearer = ['h1', 'h2'].map((dim) =>
      countMacs(resizeLayout(smaller.layout, { [dim]: smaller.layout.dims[dim]! + 1 })),
    );
    expect(Math.max(...dearer)).toBeGreaterThan(target);
    expect(await largestDifference(weights, smaller.weights)).toBeLessThan(1e-5);
  });

  test.each([
    ['the first', { h1: [], h2: [0, 2, 3] }],
    ['the second', { h1: [1, 4], h2: [] }],
    ['both', { h1: [], h2: [] }],
  ])('a network whose units are all gone from %s layer runs and has gradients', async (_, kept) => {
    const { weights } = prune(firstWeights(2), layout, kept);
    const words = tensor2d(windowOf(0).inputs, [model.batch, model.time], 'int32');
    const network = weightTensors(weights);
    const names = Object.keys(network);
    const logits = (tensors: readonly Tensor[]): Tensor => {
      const named = Object.fromEntries(names.map((name, k) => [name, tensors[k]!]));
      return net.apply(named, words).outputs;
    };
    const [actual, ...slopes] = await read(() => [
      logits(Object.values(network)),
      ...grads((...tensors: Tensor[]) => sum(logits(tensors)))(Object.values(network)),
    ]);
    expect(actual!.shape).toEqual([model.batch, model.time, model.vocab]);
    expect(slopes.map(({ shape }) => shape)).toEqual(Object.values(weights).map((w) => w.shape));
    expectAllClose(slopes[names.indexOf('softmax/bias')]!.data, new Float64Array(12).fill(20));
    if (kept.h2.length === 0) expectAllClose(actual!.data, new Float64Array(20 * model.vocab));
    dispose([words, ...Object.values(network)]);
  });

  test('steps keep no tensor', async () => {
    const options = { ...loops[0]!, steps: 2 };
    const before = memory().numTensors;
    await trainOnBackend(firstWeights(1), options);
    await trainOnBackend(firstWeights(1), { ...options, steps: 5 });
    expect(memory().numTensors).toBe(before);
  });
}
