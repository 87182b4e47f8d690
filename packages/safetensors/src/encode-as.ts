import { shown } from '@secateur/input';
import { tensorsError } from './error.ts';
import { requireFloat32, toFloat16 } from './to-float16.ts';
import type { Dtype, SafetensorsInput } from './types.ts';

/**
 * Float32 numbers as a tensor of a type of fewer bits, `F16` or `BF16`, or as they are. What came from that type is not
 * rounded: bfloat16 is cut off, float16 rounded to the nearest.
 *
 * @throws {@link SafetensorsError} for a finite number that float16 cannot hold, one of 65520 or more; for another type, or
 * other data than a `Float32Array`.
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
  requireFloat32('encodeAs', data);
  if (dtype === 'F16') return { shape, dtype, data: toFloat16(data) };
  if (dtype === 'BF16') {
    const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
    return { shape, dtype, data: Uint16Array.from(bits, singleToBrain) };
  }
  if (dtype === 'F32') return { shape, data };
  throw tensorsError(
    `encodeAs: expected the type F32, F16 or BF16, found ${shown(dtype)}; pass encodeSafetensors data of that type`,
  );
}

/** The upper half; of a NaN whose bits are all in the lower one, a quiet NaN instead of the infinity that is left. */
function singleToBrain(bits: number): number {
  const isNaN = (bits & 0x7f800000) === 0x7f800000 && (bits & 0x7fffff) !== 0;
  return (bits >>> 16) | (isNaN ? 0x40 : 0);
}
