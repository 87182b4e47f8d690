import { tensor1d, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import type { LstmSequenceInputs } from '@whittle/backend';
import { lstmReference, type LstmReference } from '@whittle/testing';

export interface Sizes {
  readonly batch: number;
  readonly time: number;
  readonly input: number;
  readonly units: number;
}

export const inputNames = ['x', 'kernel', 'recurrent', 'bias', 'h0', 'c0'] as const;
export type Values = Record<(typeof inputNames)[number], Float64Array>;

/** Numbers between -scale and scale that float32 holds exactly, from a small congruential generator. */
export function numbers(count: number, seed: number, scale = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.fround((state / 1073741824 - 1) * scale);
  });
}

export function lstmValues({ batch, time, input, units }: Sizes): Values {
  return {
    x: numbers(batch * time * input, 1),
    kernel: numbers(input * 4 * units, 2),
    recurrent: numbers(units * 4 * units, 3),
    bias: numbers(4 * units, 4, 0.5),
    h0: numbers(batch * units, 5),
    c0: numbers(batch * units, 6, 2),
  };
}

export function lstmTensors(values: Values, sizes: Sizes): LstmSequenceInputs {
  const { batch, time, input, units } = sizes;
  const float = (name: keyof Values): Float32Array => Float32Array.from(values[name]);
  return {
    x: tensor3d(float('x'), [batch, time, input]),
    kernel: tensor2d(float('kernel'), [input, 4 * units]),
    recurrent: tensor2d(float('recurrent'), [units, 4 * units]),
    bias: tensor1d(float('bias')),
    h0: tensor2d(float('h0'), [batch, units]),
    c0: tensor2d(float('c0'), [batch, units]),
  };
}

export function reference(
  values: Values,
  sizes: Sizes,
  gates = 'ifgo',
  forgetBias = 0,
): LstmReference {
  return lstmReference({ ...values, ...sizes, gates, forgetBias });
}

export const sizesToTry: readonly Sizes[] = [
  { batch: 3, time: 4, input: 5, units: 6 },
  { batch: 1, time: 5, input: 3, units: 2 },
  { batch: 2, time: 1, input: 4, units: 3 },
  { batch: 2, time: 3, input: 1, units: 1 },
  { batch: 1, time: 1, input: 1, units: 1 },
  { batch: 7, time: 2, input: 9, units: 13 },
  // What pruning can leave: a layer without units, one that has no inputs left, and both.
  { batch: 2, time: 3, input: 4, units: 0 },
  { batch: 2, time: 3, input: 0, units: 3 },
  { batch: 2, time: 2, input: 0, units: 0 },
  { batch: 1, time: 1, input: 2, units: 0 },
];

export const gateOrders: readonly string[] = [...'ifgo'].flatMap((a, _, all) =>
  all.flatMap((b) =>
    all.flatMap((c) => all.map((d) => a + b + c + d).filter((order) => new Set(order).size === 4)),
  ),
);
