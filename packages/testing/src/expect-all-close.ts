import { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Numbers in any of the shapes that tests hold them in; tensors are read with `dataSync`. */
export type Numbers = number | ArrayLike<number> | readonly Numbers[] | Tensor;

/** How far a value may be off: `|actual - expected| <= atol + rtol * |expected|`. */
export interface Closeness {
  /** Relative tolerance, default 1e-5. */
  readonly rtol?: number;
  /** Absolute tolerance, default 1e-6. */
  readonly atol?: number;
}

/** Checks that two lists of numbers have one length and close values; equal infinities and NaNs are close. */
export function expectAllClose(
  actual: Numbers,
  expected: Numbers,
  { rtol = 1e-5, atol = 1e-6 }: Closeness = {},
): void {
  const actuals = flatten(actual);
  const values = flatten(expected);
  expect(actuals.length, 'expectAllClose: number of values').toBe(values.length);
  let worst = -1;
  let excess = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Object.is(actuals[i], value) || actuals[i] === value) continue;
    const over = Math.abs(actuals[i]! - value) - (atol + rtol * Math.abs(value));
    // NaN on one side only is never close, so it is compared by "not at most".
    if (!(over <= 0) && (worst < 0 || !(over <= excess))) {
      worst = i;
      excess = over;
    }
  }
  if (worst < 0) return;
  expect.fail(
    `expectAllClose: expected ${values[worst]} at index ${worst}, found ${actuals[worst]} (difference ${Math.abs(actuals[worst]! - values[worst]!)}, rtol ${rtol}, atol ${atol})`,
  );
}

/** The numbers in one list; typed arrays, which may have millions, are not copied. */
function flatten(numbers: Numbers): ArrayLike<number> {
  if (typeof numbers === 'number') return [numbers];
  if (numbers instanceof Tensor) return numbers.dataSync();
  if (ArrayBuffer.isView(numbers)) return numbers as unknown as ArrayLike<number>;
  return Array.from(numbers as ArrayLike<Numbers>).flatMap((entry) =>
    typeof entry === 'number' ? entry : Array.from(flatten(entry)),
  );
}
