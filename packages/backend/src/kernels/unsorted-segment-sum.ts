/**
 * Adds each row of `x` (`[rows, width]`, row-major) to the row of `out` (`[segments, width]`, zeros at first) that its
 * segment id names, in one pass. Rows with an id outside `0..segments-1` are left out, as TensorFlow does with
 * negative ones.
 *
 * @example
 * ```ts
 * import { unsortedSegmentSum } from '@secateur/backend/kernels';
 *
 * const sums = new Float32Array(4);
 * unsortedSegmentSum(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 0, 1], 2, sums);
 * sums; // => [3, 4, 6, 8]
 * ```
 */
export function unsortedSegmentSum(
  x: Float32Array | Int32Array,
  ids: ArrayLike<number>,
  width: number,
  out: Float32Array | Int32Array,
): void {
  const segments = width === 0 ? 0 : out.length / width;
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row]!;
    if (id < 0 || id >= segments) continue;
    const from = row * width;
    const to = id * width;
    for (let j = 0; j < width; j++) out[to + j]! += x[from + j]!;
  }
}
