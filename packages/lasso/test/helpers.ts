import { engine, tensor, variable, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import type { GroupSet, Slice } from '@secateur/groups';
import { groupNorms, type PlainWeights } from '../src/penalty.ts';

/** Pseudo-random numbers in (-1, 1), the same for the same seed. */
export function noise(count: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Shapes of a small stacked LSTM: 3 inputs, 4 and 3 hidden units, 5 outputs. */
export const shapes: Readonly<Record<string, number[]>> = {
  'lstm1/kernel': [3, 16],
  'lstm1/recurrent': [4, 16],
  'lstm1/bias': [16],
  'lstm2/kernel': [4, 12],
  'lstm2/recurrent': [3, 12],
  'softmax/kernel': [3, 5],
};

function slice(weight: string, axis: number, start: number, multiplier = 1): Slice {
  return { weight, axis, start, multiplier };
}

/** The ISS groups of that stack, written out by hand: columns of four gates, the own row, the reader's row. */
export const groups: readonly GroupSet[] = [
  {
    name: 'h1',
    count: 4,
    slices: [
      ...[0, 4, 8, 12].map((start) => slice('lstm1/kernel', 1, start)),
      ...[0, 4, 8, 12].map((start) => slice('lstm1/recurrent', 1, start)),
      slice('lstm1/recurrent', 0, 0),
      slice('lstm2/kernel', 0, 0),
    ],
  },
  {
    name: 'h2',
    count: 3,
    slices: [
      ...[0, 3, 6, 9].map((start) => slice('lstm2/kernel', 1, start)),
      ...[0, 3, 6, 9].map((start) => slice('lstm2/recurrent', 1, start)),
      slice('lstm2/recurrent', 0, 0),
      slice('softmax/kernel', 0, 0),
    ],
  },
];

/** One group set over rows of one matrix: the plainest case, without overlap. */
export function rows(weight: string, count: number, multiplier = 1): GroupSet[] {
  return [{ name: 'rows', count, slices: [slice(weight, 0, 0, multiplier)] }];
}

/** Makes variables of the given shapes filled with noise. */
export function makeVariables(
  of: Readonly<Record<string, readonly number[]>> = shapes,
  seed = 1,
): Record<string, Variable> {
  return Object.fromEntries(
    Object.entries(of).map(([name, shape], i) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, makeVariable(name, noise(size, seed + i), shape)];
    }),
  );
}

/** Makes a variable of a name and values. */
export function makeVariable(
  name: string,
  values: ArrayLike<number>,
  shape: readonly number[] = [values.length],
): Variable {
  const initial = tensor(Array.from(values), [...shape], 'float32');
  const made = variable(initial, true, name);
  initial.dispose();
  return made;
}

/** Disposes every registered variable, so that names are free for the next test. */
export function disposeVariables(): void {
  for (const each of Object.values(engine().registeredVariables)) each.dispose();
}

/** Bits of a tensor's values, for comparisons that forgive nothing. */
export async function bits(x: Tensor): Promise<Uint32Array> {
  const values = (await x.data<'float32'>()).slice();
  return new Uint32Array(values.buffer);
}

/** The values of variables as `penalty` takes them. */
export async function valuesOf(
  variables: Readonly<Record<string, Variable>>,
): Promise<PlainWeights> {
  const read = Object.entries(variables).map(async ([name, variable]) => {
    const data = (await variable.data<'float32'>()).slice();
    return [name, { shape: variable.shape, data }] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/** The squared norms of the components of all sets, one set after the other. */
export function squaresOf(weights: PlainWeights, sets: readonly GroupSet[]): number[] {
  return sets.flatMap((set) => [...groupNorms(weights, set)].map((norm) => norm ** 2));
}
