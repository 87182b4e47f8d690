import '@tensorflow/tfjs-backend-cpu';
import { dispose, randomUniform, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import type { Layout } from '../../src/index.ts';

/**
 * Checks what a derived layout promises: when every slice that reads a component is zero, nothing that the component
 * is made of can be seen in the model's outputs. Every dimension is tried, recurrent or not.
 */
export function expectUnreadComponentsAreUnseen(model: LayersModel, layout: Layout): void {
  const variables = new Map(model.weights.map((weight) => [weight.name, weight]));
  const inputs = model.inputs.map((input) => {
    const shape = input.shape.map((size) => size ?? 2);
    return input.name.startsWith('ids')
      ? tidy(() => randomUniform(shape, 0, 3, 'int32', 5))
      : randomUniform(shape, -1, 1, 'float32', 7);
  });
  const random = seeded(1);
  // A variance is positive.
  const valueOf = (name: string) => (name.endsWith('variance') ? () => 1 + random() : random);
  for (const weight of model.weights) {
    const shape = weight.shape as number[];
    const size = shape.reduce((product, length) => product * length, 1);
    tidy(() => {
      weight.write(tensor(Float32Array.from({ length: size }, valueOf(weight.name)), shape));
    });
  }
  const predict = (): Float32Array[] =>
    tidy(() => {
      const outputs = model.predict(inputs) as Tensor | Tensor[];
      return [outputs].flat().map((output) => output.dataSync<'float32'>().slice());
    });
  const edit = (dim: string, role: 'reads' | 'writes', value?: () => number): void => {
    for (const [name, { axes }] of Object.entries(layout.weights)) {
      const variable = variables.get(name)!;
      const shape = axes.map((axis) => axis.size);
      const data = variable.read().dataSync().slice();
      const hit = (index: number[]): boolean =>
        axes.some(
          (axis, i) =>
            axis.role === role &&
            axis.segments.some((part) => part.dim === dim && part.start + 1 === index[i]),
        );
      for (let flat = 0; flat < data.length; flat++) {
        const index = shape.map((size, axis) => {
          const stride = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
          return Math.floor(flat / stride) % size;
        });
        if (hit(index)) data[flat] = (value ?? valueOf(name))();
      }
      tidy(() => {
        variable.write(tensor(data, shape));
      });
    }
  };
  for (const dim of Object.keys(layout.dims)) {
    edit(dim, 'writes');
    const before = predict();
    edit(dim, 'reads', () => 0);
    const read = predict();
    // The component was seen before: otherwise the second half of the check would prove nothing.
    expect(read, `component 1 of ${dim} is seen`).not.toEqual(before);
    edit(dim, 'writes');
    edit(dim, 'reads', () => 0);
    expect(predict(), `component 1 of ${dim}, unread, is unseen`).toEqual(read);
  }
  dispose(inputs);
}

/** Numbers between -0.5 and 0.5, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}
