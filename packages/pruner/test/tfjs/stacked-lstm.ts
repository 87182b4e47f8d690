import {
  add,
  concat,
  dispose,
  matMul,
  mean,
  mul,
  sigmoid,
  slice,
  square,
  stack,
  sub,
  tanh,
  tensor,
  unstack,
  variable,
  zeros,
  type Scalar,
  type Tensor,
  type Tensor3D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { parseLayout, type Layout, type Weights } from '@secateur/groups';
import { randomNumbers, randomWeights, silence } from '../random-network.ts';

/** Two LSTMs and a linear output over given sequences, from ordinary operations. */
export const layout: Layout = parseLayout(`
  dims  x = 2  h1 = 4  h2 = 3  y = 2
  lstm1/kernel     x  -> 4*h1
  lstm1/recurrent  h1 -> 4*h1
  lstm1/bias          -> 4*h1
  lstm2/kernel     h1 -> 4*h2
  lstm2/recurrent  h2 -> 4*h2
  lstm2/bias          -> 4*h2
  out/kernel       h2 -> y
  out/bias            -> y
`);

/** Components that {@link deadWeights} kills. */
export const dead = { h1: [1, 2], h2: [0] };

/**
 * Random weights whose dead units are zero in every part, biases too: their outputs are zero, so no gradient wakes
 * them, and training goes on as if they were not there.
 */
export function deadWeights(): Weights {
  const weights = randomWeights(layout, 11);
  for (const [dim, indices] of Object.entries(dead)) {
    for (const k of indices) silence(weights, layout, dim, k);
  }
  for (const [name, { axes }] of Object.entries(layout.weights)) {
    const axis = axes.at(-1)!;
    for (const { dim, start } of axis.segments) {
      for (const k of dead[dim as 'h1'] ?? []) {
        const { data } = weights[name]!;
        for (let i = start + k; i < data.length; i += axis.size) data[i] = 0;
      }
    }
  }
  return weights;
}

export function makeVariables(weights: Weights): Record<string, Variable> {
  const variables: Record<string, Variable> = {};
  for (const [name, { data, shape }] of Object.entries(weights)) {
    const values = tensor(data, [...shape]);
    variables[name] = variable(values, true, name);
    values.dispose();
  }
  return variables;
}

/** Inputs `[batch 3, time 4, 2]` and targets of the same shape. */
export function makeData(): { x: Tensor3D; y: Tensor3D } {
  const next = randomNumbers(3);
  const numbers = () => tensor(Float32Array.from({ length: 24 }, next), [3, 4, 2]) as Tensor3D;
  return { x: numbers(), y: numbers() };
}

export function predict(v: Record<string, Variable>, x: Tensor3D): Tensor {
  const first = lstm(unstack(x, 1), v, 'lstm1');
  const second = lstm(first, v, 'lstm2');
  return stack(
    second.map((h) => add(matMul(h, v['out/kernel']!), v['out/bias']!)),
    1,
  );
}

export function lossOf(v: Record<string, Variable>, data: { x: Tensor3D; y: Tensor3D }): Scalar {
  return mean(square(sub(predict(v, data.x), data.y)));
}

export function disposeAll(...things: readonly unknown[]): void {
  dispose(things as Tensor[]);
}

function lstm(steps: readonly Tensor[], v: Record<string, Variable>, name: string): Tensor[] {
  const units = v[`${name}/recurrent`]!.shape[0]!;
  const weights = concat([v[`${name}/kernel`]!, v[`${name}/recurrent`]!], 0);
  let h: Tensor = zeros([3, units]);
  let c: Tensor = zeros([3, units]);
  return steps.map((x) => {
    const z = add(matMul(concat([x, h], 1), weights), v[`${name}/bias`]!);
    const [i, f, g, o] = [0, 1, 2, 3].map((q) => slice(z, [0, q * units], [-1, units]));
    c = add(mul(sigmoid(f!), c), mul(sigmoid(i!), tanh(g!)));
    h = mul(sigmoid(o!), tanh(c));
    return h;
  });
}
