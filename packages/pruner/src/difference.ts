import { argumentError } from './pruner-error.ts';

/**
 * Returns the largest absolute difference between two arrays of equal length; NaN if any entry of either is NaN.
 *
 * @example
 * ```ts
 * import { maxAbsDifference } from '@secateur/pruner';
 *
 * const before = Float32Array.of(1, 2, 3);
 * const after = Float32Array.of(1, 2.5, 2.75);
 * maxAbsDifference(before, after); // => 0.5
 * ```
 */
export function maxAbsDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw argumentError(
      `maxAbsDifference: expected two arrays of equal length, found ${a.length} and ${b.length}; compare outputs for the same input.`,
    );
  }
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    // Equality first: two equal infinities do not differ, though their difference is NaN.
    const difference = a[i] === b[i] ? 0 : Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(difference)) return NaN;
    if (difference > largest) largest = difference;
  }
  return largest;
}
