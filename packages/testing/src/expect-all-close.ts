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
  const found = flatten(actual);
  const wanted = flatten(expected);
  expect(found.length, 'expectAllClose: number of values').toBe(wanted.length);
  let worst = -1;
  let excess = 0;
  wanted.forEach((value, i) => {
    if (Object.is(found[i], value) || found[i] === value) return;
    const over = Math.abs(found[i]! - value) - (atol + rtol * Math.abs(value));
    // NaN on one side only is never close, so it is compared by "not at most".
    if (!(over <= 0) && (worst < 0 || !(over <= excess))) {
      worst = i;
      excess = over;
    }
  });
  if (worst < 0) return;
  expect.fail(
    `expectAllClose: expected ${wanted[worst]} at index ${worst}, found ${found[worst]} (difference ${Math.abs(found[worst]! - wanted[worst]!)}, rtol ${rtol}, atol ${atol})`,
  );
}

function flatten(numbers: Numbers): number[] {
  if (typeof numbers === 'number') return [numbers];
  if (numbers instanceof Tensor) return Array.from(numbers.dataSync());
  return Array.from(numbers as ArrayLike<Numbers>).flatMap((entry) =>
    typeof entry === 'number' ? entry : flatten(entry),
  );
}
