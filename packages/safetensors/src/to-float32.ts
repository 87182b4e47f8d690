import { fileError } from './error.ts';
import type { Dtype, SafetensorsTensor } from './types.ts';

/** The types whose every value is a float32. */
const exact: readonly Dtype[] = ['F32', 'F16', 'BF16', 'I16', 'U16', 'I8', 'U8', 'BOOL'];

/**
 * The elements of a tensor as float32, exactly: `F16` and `BF16` are decoded, their subnormal numbers, infinities and NaN
 * included, small integers converted, and `F32` is handed on as it is, in the tensor's own array.
 *
 * @throws {@link SafetensorsError} for a type with values that float32 would round: `F64` and integers of 32 or 64 bits.
 *
 * @example
 * ```ts
 * import { toFloat32 } from '@secateur/safetensors';
 *
 * toFloat32({ shape: [2], dtype: 'F16', data: Uint16Array.of(0x3c00, 0xc100) }); // => [1, -2.5]
 * toFloat32({ shape: [2], dtype: 'BF16', data: Uint16Array.of(0x3f80, 0xc020) }); // => [1, -2.5]
 * ```
 */
export function toFloat32({ dtype, data }: SafetensorsTensor): Float32Array {
  if (!exact.includes(dtype)) {
    throw fileError(
      `toFloat32: expected a type that float32 holds exactly (${exact.join(', ')}), found ${dtype}; round its values with Float32Array.from if that is what you want`,
    );
  }
  if (dtype === 'F32') return data as Float32Array;
  if (dtype === 'BF16') return fromBits(data as Uint16Array, (bits) => bits << 16);
  if (dtype === 'F16') return fromBits(data as Uint16Array, halfToSingle);
  return Float32Array.from(data as Int16Array);
}

/** Bits instead of numbers all the way: an engine may change the bits of a NaN that it takes for a number. */
function fromBits(data: Uint16Array, convert: (bits: number) => number): Float32Array {
  const singles = new Uint32Array(data.length);
  for (let i = 0; i < data.length; i++) singles[i] = convert(data[i]!);
  return new Float32Array(singles.buffer);
}

/** The bits of a float32 of the same value as a binary16 (IEEE 754-2019, table 3.5: biases 15 and 127, 10 and 23 bits). */
function halfToSingle(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13); // infinities and NaN
  if (exponent !== 0) return sign | ((exponent + 127 - 15) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal number, fraction * 2^-24, is a normal float32: its first one moves before the point.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((127 - 14 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
