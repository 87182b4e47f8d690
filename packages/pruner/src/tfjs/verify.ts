import { dispose, Tensor } from '@tensorflow/tfjs-core';
import { maxAbsDifference } from '../difference.ts';
import { argumentError } from '../pruner-error.ts';

/** What a network computes: one output, a list of outputs as from `model.predict`, or outputs by name. */
export type Outputs = Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;

/** What {@link verify} measured. */
export interface Verification {
  /** Largest absolute difference between the outputs, over all of them; NaN if any holds a NaN. */
  readonly maxAbsDifference: number;
  /** Values compared, over all outputs. */
  readonly values: number;
}

interface Output {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Runs a network before and after pruning on whatever inputs the two functions close over and states the largest
 * difference of their outputs. Disposes all outputs.
 *
 * @throws `PrunerError` if the two have other outputs, or outputs of other shapes.
 *
 * @example
 * ```ts
 * import { add, mul, tensor1d } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { verify } from '@secateur/pruner/tfjs';
 *
 * await useBackend('cpu');
 * const x = tensor1d([1, 2, 3]);
 * // In place of `model.predict(x)` of the network before and after.
 * const result = await verify(
 *   () => mul(x, 2),
 *   () => add(x, 2),
 * );
 * result; // => { maxAbsDifference: 1, values: 3 }
 * x.dispose();
 * ```
 */
export async function verify(
  before: () => Outputs | Promise<Outputs>,
  after: () => Outputs | Promise<Outputs>,
): Promise<Verification> {
  const expected = await readOutputs(before);
  const actual = await readOutputs(after);
  const names = [...expected.keys()];
  const same = names.length === actual.size && names.every((name) => actual.has(name));
  if (names.length === 0 || !same) {
    throw argumentError(
      `verify: expected the same outputs from both networks, at least one, found ${listed(expected)} before and ${listed(actual)} after; return all outputs of each, in the same order or under the same names.`,
    );
  }
  const differences = names.map((name) => {
    const [a, b] = [expected.get(name)!, actual.get(name)!];
    if (a.shape.join() !== b.shape.join()) {
      throw argumentError(
        `verify: expected output ${name} of shape [${a.shape.join(', ')}] as before, found [${b.shape.join(', ')}] after; run both networks on the same input.`,
      );
    }
    return maxAbsDifference(a.data, b.data);
  });
  return {
    maxAbsDifference: Math.max(...differences),
    values: names.reduce((sum, name) => sum + expected.get(name)!.data.length, 0),
  };
}

/** Runs a network and reads its outputs, by name or place. */
async function readOutputs(
  run: () => Outputs | Promise<Outputs>,
): Promise<ReadonlyMap<string, Output>> {
  const outputs = await run();
  const tensors = outputs instanceof Tensor ? [outputs] : outputs;
  try {
    const read = Object.entries(tensors).map(async ([name, tensor]) => {
      const { shape } = tensor;
      return [name, { shape, data: (await tensor.data()).slice() }] as const;
    });
    return new Map(await Promise.all(read));
  } finally {
    dispose(Object.values(tensors));
  }
}

function listed(outputs: ReadonlyMap<string, Output>): string {
  return outputs.size === 0 ? 'none' : [...outputs.keys()].join(', ');
}
