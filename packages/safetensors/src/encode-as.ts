import { toFloat16 } from './to-float16.ts';
import type { Dtype, SafetensorsInput } from './types.ts';

/**
 * Float32 numbers as a tensor of a type of fewer bits, `F16` or `BF16`, or as they are. What came from that type is not
 * rounded: bfloat16 is cut off, float16 rounded to the nearest.
 *
 * @throws {@link SafetensorsError} for a finite number that float16 cannot hold: one of 65520 or more.
 *
 * @example
 * ```ts
 * import { encodeAs, toFloat32 } from '@secateur/safetensors';
 *
 * const { data } = encodeAs({ shape: [2], data: Float32Array.of(1.5, -0.1) }, 'BF16');
 * toFloat32({ shape: [2], dtype: 'BF16', data }); // => [1.5, -0.099609375]
 * ```
 */
export function encodeAs(
  { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array },
  dtype: Dtype,
): SafetensorsInput {
  if (dtype === 'F16') return { shape, dtype, data: toFloat16(data) };
  if (dtype === 'BF16') {
    const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
    return { shape, dtype, data: Uint16Array.from(bits, (each) => each >>> 16) };
  }
  return { shape, data };
}
