import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedArray, Weights } from '@secateur/groups';
import { verify } from '@secateur/pruner/tfjs';
import { expect } from 'vitest';
import { randomArray, randomNumbers } from '../random-network.ts';

type Lstm = Parameters<typeof layers.lstm>[0];
type Gru = Parameters<typeof layers.gru>[0];

// The orthogonal initializer needs chained operations and time.
const quick = { returnSequences: true, recurrentInitializer: 'glorotUniform' } as const;

/** An LSTM layer over a sequence. */
export function lstm(units: number, options: Partial<Lstm> = {}): ReturnType<typeof layers.lstm> {
  return layers.lstm({ units, ...quick, ...options });
}

/** A GRU layer over a sequence. */
export function gru(units: number, options: Partial<Gru> = {}): ReturnType<typeof layers.gru> {
  return layers.gru({ units, ...quick, ...options });
}

/** Reads a model's weights by name. */
export function weightsOf(model: LayersModel): Record<string, NamedArray> {
  return Object.fromEntries(
    model.weights.map((weight) => {
      const value = weight.read();
      return [weight.name, { shape: [...value.shape], data: Float32Array.from(value.dataSync()) }];
    }),
  );
}

export function setWeights(model: LayersModel, weights: Weights): void {
  tidy(() => {
    model.setWeights(model.weights.map(({ name }) => asTensor(weights[name]!)));
  });
}

/** Fills every weight, biases too, with numbers that are never 0. */
export function randomize(model: LayersModel, seed: number): void {
  const next = randomNumbers(seed);
  const random = ({ shape }: { shape: readonly (number | null)[] }) =>
    randomArray(shape as number[], next);
  tidy(() => {
    model.setWeights(model.weights.map((weight) => asTensor(random(weight))));
  });
}

export function asTensor({ data, shape }: NamedArray): Tensor {
  return tensor(data, [...shape]);
}

/** Disposes a model's variables and those of layers inside it. */
export function disposeModel(...models: readonly LayersModel[]): void {
  for (const model of models) for (const weight of model.weights) weight.dispose();
}

/** Zeroes rows of the named weights, found by the end of their names. */
export function clearRows(weights: Weights, ending: string, rows: readonly number[]): void {
  const name = Object.keys(weights).find((key) => key.includes(ending));
  if (name === undefined)
    throw new Error(`no weight like ${ending} in ${Object.keys(weights).join(', ')}`);
  const { data, shape } = weights[name]!;
  for (const row of rows) data.fill(0, row * shape[1]!, (row + 1) * shape[1]!);
}

/** Two sequences of four steps. */
export function sequences(width: number): Tensor {
  const data = Float32Array.from({ length: 8 * width }, (_, i) => Math.sin(3 * i));
  return tensor(data, [2, 4, width]);
}

/** The largest difference between what two models predict. */
export async function gap(before: LayersModel, after: LayersModel, x: Tensor): Promise<number> {
  const run = (model: LayersModel) => () => model.predict(x);
  const { maxAbsDifference, values } = await verify(run(before), run(after));
  expect(values).toBeGreaterThan(0);
  return maxAbsDifference;
}

/** Expects two models to predict the same from `x`, to rounding, and disposes all three. */
export async function expectSame(
  before: LayersModel,
  after: LayersModel,
  x: Tensor,
): Promise<void> {
  expect(await gap(before, after, x)).toBeLessThan(1e-6);
  x.dispose();
  disposeModel(before, after);
}

/** Embedding, two LSTMs (hardSigmoid gates, the default) and a dense layer. */
export function languageModel(): LayersModel {
  return sequential({
    layers: [
      layers.embedding({ inputDim: 7, outputDim: 3, inputLength: 5, name: 'words' }),
      lstm(4, { name: 'first' }),
      layers.dropout({ rate: 0.3 }),
      lstm(3, { name: 'second' }),
      layers.dense({ units: 7, name: 'logits' }),
    ],
  });
}
