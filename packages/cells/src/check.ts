import { checkTensor as check, type Caller } from '@secateur/backend/kernels';
import { argumentError, tensorsError } from './error.ts';

/** A function of this package as who checks: its errors are {@link CellError}s that begin with its name. */
export const callerOf = (name: string): Caller => ({ name, failure: tensorsError });

/** Checks that a value is a tensor of this type and shape; a name matches any size. */
export function checkTensor(
  caller: string,
  name: string,
  value: unknown,
  dtype: 'float32' | 'int32',
  shape: readonly (number | string)[],
): void {
  check(callerOf(caller), name, value, shape, dtype);
}

/** Checks that a shape is a list of whole numbers; 0 is a layer of which nothing is left. */
export function checkShape(caller: string, shape: readonly number[]): void {
  const fits =
    Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (fits) return;
  throw argumentError(
    `${caller}: expected shape to be a list of whole numbers of at least 0, found ${JSON.stringify(shape)}; check the sizes in dims.`,
  );
}

/** Checks that a number is finite. */
export function checkFinite(caller: string, name: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw argumentError(
    `${caller}: expected ${name} to be a finite number, found ${value}; pass a number.`,
  );
}
