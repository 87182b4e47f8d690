import { type Optimizer, tensor, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { input, type LayersModel, model as modelOf } from '@tensorflow/tfjs-layers';
import { numbers, sizeOf } from '@secateur/testing/numeric';
import type { Network } from './networks.ts';
import { losses, type Goal } from './settings.ts';

/** How a network is trained. */
export interface Settings {
  readonly optimizer?: () => Optimizer;
  readonly loss?: string;
}

const batch = 4;

/**
 * Builds a network, trains it for an epoch of two batches, evaluates it and predicts with it. Returns the loss of the
 * epoch, loss and accuracy of the evaluation, and the prediction.
 */
export async function train(
  { input: shape, ids, build, forwardOnly, direct = false }: Network,
  { optimizer, loss = 'meanSquaredError' }: Settings = {},
): Promise<number[]> {
  const values = [...numbers(batch * sizeOf(shape), 5)];
  const batchInput = tensor(
    Float32Array.from(values, (v) => (ids === undefined ? v : whole(v, ids))),
    [batch, ...shape],
  );
  if (direct) {
    try {
      const output = tidy(() => build(batchInput as never) as unknown as Tensor);
      const prediction = [...(await output.data())];
      output.dispose();
      return prediction;
    } finally {
      batchInput.dispose();
    }
  }
  const x = input({ shape: [...shape] });
  const network = modelOf({ inputs: x, outputs: build(x) });
  setWeights(network);
  const first = network.predict(batchInput) as Tensor;
  const actual: number[] = [];
  if (forwardOnly === undefined) {
    const goal = goalOf(losses[loss]!, first.shape);
    const chosen = optimizer?.() ?? 'sgd';
    network.compile({ optimizer: chosen, loss, metrics: ['acc'] });
    const { history } = await network.fit(batchInput, goal, {
      epochs: 1,
      batchSize: 2,
      shuffle: false,
      verbose: 0,
      yieldEvery: 'never',
    });
    actual.push(...(history['loss'] as number[]));
    const evaluated = network.evaluate(batchInput, goal) as Tensor[];
    for (const each of evaluated) actual.push(...(await each.data()));
    for (const each of [goal, ...evaluated]) each.dispose();
    // TensorFlow.js forgets the learning rate of an optimizer with momentum.
    if (typeof chosen !== 'string') {
      chosen.dispose();
      (chosen as { c?: Tensor }).c?.dispose();
    }
  }
  const last = network.predict(batchInput) as Tensor;
  actual.push(...(await last.data()));
  for (const each of [batchInput, first, last]) each.dispose();
  network.dispose();
  return actual;
}

/** The same weights on every backend, of either sign; variances and scales stay positive. */
function setWeights(network: LayersModel): void {
  tidy(() => {
    network.setWeights(
      network.weights.map(({ shape, originalName }, at) => {
        const positive = /variance|gamma/.test(originalName);
        const values = numbers(sizeOf(shape as number[]), 11 + at, 0.6);
        return tensor(
          Float32Array.from(values, (v) => (positive ? 1 + v : v)),
          shape as number[],
        );
      }),
    );
  });
}

const whole = (value: number, count: number): number => Math.floor(((value + 1) / 2) * count);

function goalOf(goal: Goal, shape: readonly number[]): Tensor {
  const classes = shape.at(-1)!;
  const chosen = Array.from(numbers(sizeOf(shape) / classes, 21), (v) => whole(v, classes));
  switch (goal) {
    case 'classes':
      return tensor(Float32Array.from(chosen), [...shape.slice(0, -1), 1]);
    case 'one-hot':
    case 'signs': {
      const other = goal === 'signs' ? -1 : 0;
      const flags = chosen.flatMap((at) =>
        Array.from({ length: classes }, (_, k) => (k === at ? 1 : other)),
      );
      return tensor(Float32Array.from(flags), [...shape]);
    }
    default: {
      const values = numbers(sizeOf(shape), 21);
      return tensor(
        Float32Array.from(values, (v) => (goal === 'positive' ? 1 + v : v)),
        [...shape],
      );
    }
  }
}
