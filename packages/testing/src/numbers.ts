/** Numbers between -scale and scale that float32 holds exactly, from a small congruential generator. */
export function numbers(count: number, seed: number, scale = 1): Float64Array {
  const drawn = new Float64Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    drawn[i] = Math.fround((state / 1073741824 - 1) * scale);
  }
  return drawn;
}

/** {@link numbers} as float32, which changes none of them. */
export const floats = (count: number, seed: number, scale?: number): Float32Array =>
  new Float32Array(numbers(count, seed, scale));

/** Number of entries of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
