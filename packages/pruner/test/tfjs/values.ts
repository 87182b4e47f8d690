import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedArray, Weights } from '@secateur/groups';
import { randomArray, randomNumbers } from '../random-network.ts';

/** The weights of a model by name; with a seed, random ones of the same shapes that are never 0. */
export function valuesOf(model: LayersModel, seed?: number): Record<string, NamedArray> {
  const next = randomNumbers(seed ?? 0);
  return Object.fromEntries(
    model.weights.map((weight) => {
      const value = weight.read();
      const array =
        seed === undefined
          ? { shape: [...value.shape], data: Float32Array.from(value.dataSync()) }
          : randomArray([...value.shape], next);
      return [weight.name, array];
    }),
  );
}

/** Sets weights as training does: past the constraints, which TensorFlow.js applies only when weights are set. */
export function setPastConstraints(model: LayersModel, values: Weights): void {
  for (const weight of model.weights) {
    const { data, shape } = values[weight.name]!;
    const { val } = weight as unknown as { val: { assign(value: unknown): void } };
    tidy(() => {
      val.assign(tensor(data, [...shape]));
    });
  }
}
