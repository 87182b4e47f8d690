/** Numbers between -scale and scale that float32 holds exactly, from a small congruential generator. */
export function numbers(count: number, seed: number, scale = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.fround((state / 1073741824 - 1) * scale);
  });
}

/** Number of entries of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
