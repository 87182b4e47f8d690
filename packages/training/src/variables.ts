import { tensor, tidy, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { TrainingError } from './error.ts';
import { nearestName } from './nearest-name.ts';
import { checkTensors, type SavedTensor, type SavedTensors } from './saved-tensor.ts';

/**
 * Reads variables, or any tensors (carried LSTM state), by name into arrays of their own, bit for bit. Their type must
 * be float32 or int32.
 *
 * @example
 * ```ts
 * import { tensor1d, variable } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { readVariables } from '@secateur/training';
 *
 * await useBackend('cpu');
 * const bias = variable(tensor1d([0, 0.5]));
 * await readVariables({ bias }); // => { bias: { shape: [2], data: [0, 0.5] } }
 * bias.dispose();
 * ```
 */
export async function readVariables(
  variables: Readonly<Record<string, Tensor>>,
): Promise<Record<string, SavedTensor>> {
  const entries = Object.entries(variables).map(
    async ([name, value]): Promise<[string, SavedTensor]> => [name, await readTensor(value, name)],
  );
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Assigns saved tensors to the variables of the same names, bit for bit; other saved tensors are left alone. A
 * variable without a saved tensor, or with another shape or type, is an error, and then nothing is assigned.
 *
 * @example
 * ```ts
 * import { variable, zeros } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { writeVariables } from '@secateur/training';
 *
 * await useBackend('cpu');
 * const bias = variable(zeros([2]));
 * writeVariables({ bias }, { bias: { shape: [2], data: Float32Array.of(0, 0.5) } });
 * await bias.data(); // => [0, 0.5]
 * bias.dispose();
 * ```
 */
export function writeVariables(
  variables: Readonly<Record<string, Variable>>,
  tensors: SavedTensors,
): void {
  checkTensors(tensors, 'writeVariables');
  for (const [name, variable] of Object.entries(variables)) {
    const saved = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (saved === undefined) {
      throw new TrainingError(
        `writeVariables: expected a saved tensor "${name}", found ${nearestName(name, Object.keys(tensors))}; build the model that was saved, with the same names.`,
        { code: 'tensors' },
      );
    }
    const [expected, found] = [describe(variable), describe(saved)];
    if (expected !== found) {
      throw new TrainingError(
        `writeVariables: expected ${expected} for "${name}", found ${found}; build the model with the sizes that were saved (after compaction they are smaller).`,
        { code: 'tensors' },
      );
    }
  }
  for (const [name, variable] of Object.entries(variables)) {
    tidy(() => {
      variable.assign(toTensor(tensors[name]!));
    });
  }
}

/** Makes a tensor of saved numbers, which it does not share. */
export function toTensor({ shape, data }: SavedTensor): Tensor {
  return tensor(data.slice(), [...shape], data instanceof Int32Array ? 'int32' : 'float32');
}

/** Reads one tensor into an array of its own. */
export async function readTensor(value: Tensor, name: string): Promise<SavedTensor> {
  if (value.dtype !== 'float32' && value.dtype !== 'int32') {
    throw new TrainingError(
      `readVariables: expected a tensor of float32 or int32 as "${name}", found ${value.dtype}; cast it first.`,
      { code: 'tensors' },
    );
  }
  const data = await value.data();
  // A backend may hand out its own array, which the next step would change.
  return { shape: [...value.shape], data: (data as Float32Array | Int32Array).slice() };
}

function describe(value: Variable | SavedTensor): string {
  const dtype =
    'dtype' in value ? value.dtype : value.data instanceof Int32Array ? 'int32' : 'float32';
  return `${dtype} [${value.shape.join(', ')}]`;
}
