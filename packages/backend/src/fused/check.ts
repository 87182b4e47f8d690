import { Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { BackendError } from '../backend-error.ts';

/** Checks that a value is a tensor of this type and shape; `undefined` matches any size. */
export function checkTensor(
  caller: string,
  name: string,
  value: Tensor,
  shape: readonly (number | undefined)[],
  dtype: 'float32' | 'int32' = 'float32',
): void {
  const fits =
    value instanceof Tensor &&
    value.dtype === dtype &&
    value.shape.length === shape.length &&
    shape.every((size, axis) => size === undefined || size === value.shape[axis]);
  if (fits) return;
  const found =
    value instanceof Tensor ? `${value.dtype} [${value.shape.join(', ')}]` : String(value);
  const wanted = shape.map((size) => size ?? '?').join(', ');
  throw new BackendError(
    `${caller}: expected ${name} to be ${dtype} [${wanted}], found ${found}; check the order of its axes and its dtype.`,
  );
}

/** Checks that `x` is float32 `[batch, time, input]` with at least one sequence and one step. */
export function checkSequences(caller: string, x: Tensor3D): void {
  checkTensor(caller, 'x', x, [undefined, undefined, undefined]);
  const [batch, time] = x.shape;
  if (batch > 0 && time > 0) return;
  throw new BackendError(
    `${caller}: expected at least one sequence and one step, found x [${x.shape.join(', ')}]; leave out empty batches.`,
  );
}
