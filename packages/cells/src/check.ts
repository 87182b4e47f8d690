import { checkTensor as check, type Caller } from '@secateur/backend/kernels';
import { foundText } from '@secateur/input';
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

/** Checks what share of something is dropped; a number as text would pass comparisons. */
export function checkRate(caller: string, rate: unknown, name = 'a rate'): void {
  if (typeof rate === 'number' && rate >= 0 && rate < 1) return;
  throw argumentError(
    `${caller}: expected ${name} of at least 0 and below 1, found ${foundText(rate)}; it is the share that is dropped, 0 for no dropout.`,
  );
}

/** Checks a size; 0 is one. */
export function checkSize(caller: string, name: string, size: unknown): void {
  if (Number.isSafeInteger(size) && (size as number) >= 0) return;
  throw argumentError(
    `${caller}: expected ${name} to be a whole number of at least 0, found ${foundText(size)}; take it from a tensor's shape.`,
  );
}
