// Inputs of a kernel, drawn from its contract.
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { KernelContract, NamedShape } from '@secateur/backend/kernels';
import { numbers, sizeOf } from '../numbers.ts';

/** A number for each size that a contract names, and a shape for a name such as `...shape`. */
export type NamedSizes = Readonly<Record<string, number | readonly number[]>>;

/** The values of inputs by name; what is left out is not there. */
export type InputValues = Readonly<Record<string, Float32Array | Int32Array>>;

/** The shape that names stand for. */
export const shapeOf = (shape: NamedShape, sizes: NamedSizes): number[] =>
  shape.flatMap((name) => sizes[name] ?? []);

/**
 * Pseudo-random values between -2 and 2 for every input of a contract, and indices of what is there; `pastEnd` lets indices be one
 * past the end too.
 */
export function drawInputs(
  { inputs, indices = {} }: KernelContract,
  sizes: NamedSizes,
  pastEnd = false,
): InputValues {
  const values = Object.entries(inputs).map(([name, shape], k) => {
    const drawn = numbers(sizeOf(shapeOf(shape, sizes)), k + 1, 2);
    const limit = name in indices ? (sizes[indices[name]!] as number) + Number(pastEnd) : 0;
    const index = (x: number): number => Math.floor((x + 2) * 1000) % limit;
    return [name, limit > 0 ? Int32Array.from(drawn, index) : new Float32Array(drawn)] as const;
  });
  return Object.fromEntries(values);
}

/** The tensors of some values. */
export function inputTensors(
  { inputs, indices = {} }: KernelContract,
  values: InputValues,
  sizes: NamedSizes,
): Record<string, Tensor> {
  const tensors = Object.entries(values).map(([name, data]) => [
    name,
    tensor(data, shapeOf(inputs[name]!, sizes), name in indices ? 'int32' : 'float32'),
  ]);
  return Object.fromEntries(tensors) as Record<string, Tensor>;
}

/** All sets of inputs that a call may have: every way to leave out what is optional. */
export function inputChoices({ inputs, optional = [] }: KernelContract): string[][] {
  return optional.reduce<string[][]>(
    (choices, name) => [...choices, ...choices.map((names) => names.filter((n) => n !== name))],
    [Object.keys(inputs)],
  );
}
