import {
  dispose,
  engine,
  mul,
  sum,
  tensor,
  type NamedAttrMap,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { floats, sizeOf } from '@secateur/testing';

/** A tensor of {@link floats}. */
export function made(shape: readonly number[], seed: number, scale = 1): Tensor {
  return tensor(floats(sizeOf(shape), seed, scale), [...shape], 'float32');
}

/** The sum of a tensor's entries times the {@link floats} of a seed. */
export function weighted(output: Tensor, seed: number): Tensor {
  return sum(mul(output, made(output.shape, seed)));
}

/** Runs a kernel by its name. */
export function runKernel(
  name: string,
  inputs: Record<string, Tensor>,
  attrs: NamedAttrMap = {},
): Tensor[] {
  const outputs = engine().runKernel(name, inputs, attrs) as Tensor | Tensor[];
  return Array.isArray(outputs) ? outputs : [outputs];
}

/** Makes tensors in a tidy, reads all of them and disposes them. */
export async function readAll(make: () => Tensor[]): Promise<Float32Array[]> {
  const made = tidy(make);
  const values = await Promise.all(made.map((each) => each.data<'float32'>()));
  const copies = values.map((each) => each.slice());
  dispose(made);
  return copies;
}

/** The bits of single-precision values, for comparisons that forgive nothing. */
export function bitsOf(values: Float32Array): number[] {
  return [...new Uint32Array(values.slice().buffer)];
}

/**
 * Fills device memory that the pool will hand out again with a number that no test expects, so that an output nobody
 * wrote does not pass for zeros or for the right answer of a call before.
 */
export async function soilMemory(sizes: readonly number[]): Promise<void> {
  await readAll(() =>
    sizes.flatMap((size) =>
      size === 0 ? [] : [0, 1, 2].map((k) => tensor(new Float32Array(size).fill(777 + k))),
    ),
  );
}
