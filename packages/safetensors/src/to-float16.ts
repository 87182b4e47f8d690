import { typeName } from '@secateur/input';
import { holds } from './dtypes.ts';
import { tensorsError } from './error.ts';

/**
 * The bits of the nearest float16 (binary16) of each number, ties to the even one: what a tensor of type `F16` holds. Numbers
 * that lie nearer to zero than half of its smallest, 2^-25, become zero; infinities and NaN stay.
 *
 * @throws {@link SafetensorsError} for a finite number that float16 cannot hold, one of 65520 or more, and for other data than a
 * `Float32Array`.
 *
 * @example
 * ```ts
 * import { toFloat16, toFloat32 } from '@secateur/safetensors';
 *
 * const data = toFloat16(Float32Array.of(1, -2.5, 0.1));
 * data; // => [0x3c00, 0xc100, 0x2e66]
 * toFloat32({ shape: [3], dtype: 'F16', data })[2]; // => 0.0999755859375
 * ```
 */
export function toFloat16(data: Float32Array): Uint16Array {
  requireFloat32('toFloat16', data);
  const singles = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const halves = new Uint16Array(data.length);
  for (let i = 0; i < singles.length; i++) {
    const half = singleToHalf(singles[i]!);
    if ((half & 0x7fff) === 0x7c00 && Number.isFinite(data[i]!)) {
      throw tensorsError(
        `toFloat16: expected numbers of at most 65504, which float16 ends with, found ${data[i]} at ${i}; store this tensor as float32`,
      );
    }
    halves[i] = half;
  }
  return halves;
}

/** Throws unless these are float32: the bits of others would be read as such. */
export function requireFloat32(caller: string, data: unknown): void {
  if (holds('F32', data)) return;
  throw tensorsError(
    `${caller}: expected a Float32Array, found ${typeName(data)}; convert it with Float32Array.from`,
  );
}

/** IEEE 754-2019, table 3.5: biases 127 and 15, 23 and 10 bits of the fraction. */
function singleToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) {
    // A NaN keeps its first bits, and one of them at least.
    const nan = fraction === 0 ? 0 : (fraction >>> 13) | 0x200;
    return sign | 0x7c00 | nan;
  }
  const scaled = exponent - 127 + 15;
  if (scaled >= 0x1f) return sign | 0x7c00;
  if (scaled > 0) return sign | rounded((scaled << 23) | fraction, 13);
  // Below the normal numbers the leading one is written out, and shifted to the unit of 2^-24.
  if (scaled < -10) return sign;
  return sign | rounded(0x800000 | fraction, 14 - scaled);
}

/** Shifts to the right and rounds to the nearest, ties to even; a carry runs into the exponent, as it should. */
function rounded(bits: number, shift: number): number {
  const kept = bits >>> shift;
  const rest = bits & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
}
