import type { NamedArray } from '@secateur/groups';
import { toFloat16, type Dtype, type SafetensorsInput } from '@secateur/safetensors';

/** A weight in a type of fewer bits. What came from that type is not rounded. */
export function encodeAs({ shape, data }: NamedArray, dtype: Dtype): SafetensorsInput {
  if (dtype === 'F16') return { shape, dtype, data: toFloat16(data) };
  if (dtype === 'BF16') {
    const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
    return { shape, dtype, data: Uint16Array.from(bits, (each) => each >>> 16) };
  }
  return { shape, data };
}
