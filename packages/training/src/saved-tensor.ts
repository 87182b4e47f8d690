import { typeName } from '@secateur/input';
import { TrainingError } from './error.ts';

/** A tensor's numbers outside TensorFlow.js. */
export interface SavedTensor {
  /** Sizes of the axes; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** The elements in row-major order, as many as the product of the shape. */
  readonly data: Float32Array | Int32Array;
}

/** Tensors by name. */
export type SavedTensors = Readonly<Record<string, SavedTensor>>;

/** Throws unless `tensors` is a record of arrays that fit their shapes. */
export function checkTensors(tensors: unknown, where: string): asserts tensors is SavedTensors {
  if (typeof tensors !== 'object' || tensors === null || Array.isArray(tensors)) {
    throw new TrainingError(
      `${where}: expected tensors by name, found ${tensors === null ? 'null' : typeof tensors}; pass { name: { shape, data } }.`,
      { code: 'tensors' },
    );
  }
  for (const [name, tensor] of Object.entries(tensors) as [string, Partial<SavedTensor> | null][]) {
    const { shape, data } = tensor ?? {};
    if (!(data instanceof Float32Array) && !(data instanceof Int32Array)) {
      throw new TrainingError(
        `${where}: expected a Float32Array or Int32Array as the data of "${name}", found ${typeName(data)}; read tensors with readVariables.`,
        { code: 'tensors' },
      );
    }
    if (!Array.isArray(shape) || shape.reduce((all, size) => all * size, 1) !== data.length) {
      throw new TrainingError(
        `${where}: expected as many elements in "${name}" as its shape [${String(shape)}] has, found ${String(data.length)}; pass the shape of the array.`,
        { code: 'tensors' },
      );
    }
  }
}
