// The check of arguments before every call of a kernel, with all names looked up once for a contract.
import { Tensor } from '@tensorflow/tfjs-core';
import type { InputContract } from './contract.ts';

/** An input of a contract with numbers for the names of its sizes. */
interface Entry {
  readonly name: string;
  readonly dtype: 'float32' | 'int32';
  readonly isOptional: boolean;
  /** The number of its name for a shape of any rank, -1 without one. */
  readonly free: number;
  /** The numbers of the sizes that follow. */
  readonly sizes: readonly number[];
}

interface Compiled {
  readonly entries: readonly Entry[];
  readonly nonEmpty: readonly number[];
}

const compiled = new WeakMap<InputContract, Compiled>();

function compile(contract: InputContract): Compiled {
  const { optional = [], indices = {}, nonEmpty = [] } = contract;
  const names: string[] = [];
  const numberOf = (name: string): number => {
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  };
  const entries = Object.entries(contract.inputs).map(([name, shape]): Entry => {
    const isFree = shape[0]?.startsWith('...') === true;
    return {
      name,
      dtype: name in indices ? 'int32' : 'float32',
      isOptional: optional.includes(name),
      free: isFree ? numberOf(shape[0]!) : -1,
      sizes: shape.slice(isFree ? 1 : 0).map(numberOf),
    };
  });
  const result = { entries, nonEmpty: nonEmpty.map(numberOf) };
  compiled.set(contract, result);
  return result;
}

/** Whether the inputs of a call are what their contract says. */
export function isMet(contract: InputContract, inputs: Readonly<Record<string, unknown>>): boolean {
  const { entries, nonEmpty } = compiled.get(contract) ?? compile(contract);
  const known: (number | undefined)[] = [];
  const shapes: (readonly number[] | undefined)[] = [];
  for (const { name, dtype, isOptional, free, sizes } of entries) {
    const value = inputs[name];
    if (value === undefined && isOptional) continue;
    if (!(value instanceof Tensor) || value.isDisposed || value.dtype !== dtype) return false;
    const { shape } = value;
    const rank = shape.length - sizes.length;
    if (free < 0 ? rank !== 0 : rank < 0) return false;
    if (free >= 0) {
      const first = (shapes[free] ??= sizes.length === 0 ? shape : shape.slice(0, rank));
      if (first.length !== rank) return false;
      if (first !== shape)
        for (let axis = 0; axis < rank; axis++) if (first[axis] !== shape[axis]) return false;
    }
    for (let k = 0; k < sizes.length; k++) {
      const size = shape[rank + k]!;
      if ((known[sizes[k]!] ??= size) !== size) return false;
    }
  }
  return nonEmpty.every((size) => known[size] !== 0);
}
