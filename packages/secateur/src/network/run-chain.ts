import type { NamedArray } from '@secateur/groups';
import { cellReference } from '@secateur/kernels';
import type { OwnCell, OwnLayer } from '@secateur/pruner/names';
import type { Chain } from './chain.ts';
import type { InputValues, Runner } from './random.ts';

/** Runs a chain in plain JavaScript and float64: slow, and right to the last digit of the weights. */
export function chainRunner({ layers }: Chain): Runner {
  const first = layers[0]!;
  return {
    by: 'float64 in JavaScript',
    inputs: (batch, steps) => [
      first.kind === 'embedding'
        ? { name: 'ids', shape: [batch, steps], below: first.table.shape[0]! }
        : { name: 'x', shape: [batch, steps, inputOf(first)] },
    ],
    run: ([input]) => {
      let x = input! as Pick<InputValues, 'shape' | 'data'>;
      for (const layer of layers) x = apply(layer, x);
      return Promise.resolve([x]);
    },
  };
}

const inputOf = (layer: Exclude<OwnLayer, { kind: 'embedding' }>): number =>
  (layer.kind === 'dense' ? layer.kernel : layer.directions[0]!.weights['kernel']!).shape[0]!;

interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

function apply(layer: OwnLayer, x: Values): Values {
  const [batch = 0, steps = 0] = x.shape;
  const rows = batch * steps;
  if (layer.kind === 'embedding') {
    const width = layer.table.shape[1]!;
    const data = new Float64Array(rows * width);
    x.data.forEach((id, row) => {
      data.set(layer.table.data.subarray(id * width, (id + 1) * width), row * width);
    });
    return { shape: [batch, steps, width], data };
  }
  if (layer.kind === 'dense') {
    const width = layer.kernel.shape[1]!;
    return { shape: [batch, steps, width], data: product(x.data, rows, layer.kernel, layer.bias) };
  }
  const [forward, backward] = layer.directions as [OwnCell, OwnCell?];
  const there = recur(forward, x);
  if (backward === undefined) return there;
  return sideBySide(there, reversed(recur(backward, reversed(x))));
}

function product(
  x: Float64Array,
  rows: number,
  kernel: NamedArray,
  bias: NamedArray | undefined,
): Float64Array {
  const [input, width] = kernel.shape as [number, number];
  const out = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const sums = out.subarray(row * width, (row + 1) * width);
    if (bias !== undefined) sums.set(bias.data);
    for (let i = 0; i < input; i++) {
      const value = x[row * input + i]!;
      const at = i * width;
      for (let j = 0; j < width; j++) sums[j]! += value * kernel.data[at + j]!;
    }
  }
  return out;
}

function recur({ cell, depth, settings, weights }: OwnCell, x: Values): Values {
  const [batch, time, input] = x.shape as [number, number, number];
  const units = weights['recurrent']!.shape[0]!;
  const arrays = Object.fromEntries(
    Object.entries(weights).map(([name, { data }]) => [name, data]),
  );
  const { y } = cellReference(cell, {
    ...{ batch, time, input, units, depth, settings, x: x.data, weights: arrays },
  });
  return { shape: [batch, time, units], data: y };
}

/** The same sequences from their ends. */
function reversed({ shape, data }: Values): Values {
  const [batch, steps, width] = shape as [number, number, number];
  const out = new Float64Array(data.length);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < steps; t++) {
      const from = (b * steps + t) * width;
      out.set(data.subarray(from, from + width), (b * steps + steps - 1 - t) * width);
    }
  }
  return { shape, data: out };
}

function sideBySide(one: Values, other: Values): Values {
  const [batch, steps, left] = one.shape as [number, number, number];
  const right = other.shape[2]!;
  const data = new Float64Array(batch * steps * (left + right));
  for (let row = 0; row < batch * steps; row++) {
    data.set(one.data.subarray(row * left, (row + 1) * left), row * (left + right));
    data.set(other.data.subarray(row * right, (row + 1) * right), row * (left + right) + left);
  }
  return { shape: [batch, steps, left + right], data };
}
