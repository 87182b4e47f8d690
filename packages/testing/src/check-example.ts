import { isDeepStrictEqual } from 'node:util';
import { runInThisContext } from 'node:vm';
import { expect } from 'vitest';

/**
 * Checks an example's value against the text after its arrow: they agree when the value prints as the text, or when
 * the text is JavaScript whose value deep-equals it. Typed arrays count as arrays.
 */
export function checkExample(value: unknown, text: string): void {
  if (String(value) === text) return;
  const plain = plainArrays(value);
  let written: unknown = text;
  try {
    written = runInThisContext(`(${text})`);
  } catch {
    // Text that is not JavaScript is compared as a string.
  }
  if (!isDeepStrictEqual(plain, written)) expect(plain).toStrictEqual(written);
}

function plainArrays(value: unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number>);
  }
  if (Array.isArray(value)) return value.map(plainArrays);
  if (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
  ) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, plainArrays(entry)]),
    );
  }
  return value;
}
