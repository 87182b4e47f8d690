import { describe, expect, test } from 'vitest';
import { SafetensorsError, toFloat32, type SafetensorsTensor } from '../src/index.ts';

const everyPattern = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);

/** The value of 16 bits as a binary floating point number of IEEE 754-2019, section 3.4, in float64. */
function valueOf(bits: number, fractionBits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits & 0x7fff) >> fractionBits;
  const fraction = (bits % 2 ** fractionBits) / 2 ** fractionBits;
  const largest = 2 ** (15 - fractionBits) - 1;
  const bias = (largest - 1) / 2;
  if (exponent === largest) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe('toFloat32', () => {
  test.each([
    ['F16', 10],
    ['BF16', 7],
  ] as const)('gives the value of each of the 65,536 patterns of %s', (dtype, fractionBits) => {
    const found = toFloat32({ shape: [65_536], dtype, data: everyPattern });
    expect(found).toHaveLength(65_536);
    const wrong = [...everyPattern].filter(
      (bits) => !Object.is(found[bits], valueOf(bits, fractionBits)),
    );
    expect(wrong).toEqual([]);
  });

  // Hand calculation, so that the formula above is not alone.
  test.each<[SafetensorsTensor['dtype'], number, number]>([
    ['F16', 0x7bff, 65504],
    ['F16', 0x0400, 2 ** -14],
    ['F16', 0x03ff, 1023 * 2 ** -24],
    ['F16', 0x8001, -(2 ** -24)],
    ['BF16', 0x7f7f, (2 - 2 ** -7) * 2 ** 127],
    ['BF16', 0x0080, 2 ** -126],
    ['BF16', 0x8001, -(2 ** -133)],
  ])('%s %i is %d', (dtype, bits, value) => {
    expect([...toFloat32({ shape: [], dtype, data: Uint16Array.of(bits) })]).toEqual([value]);
  });

  test('keeps the sign and the payload of NaN', () => {
    const bits = (dtype: 'F16' | 'BF16', pattern: number) =>
      new Uint32Array(toFloat32({ shape: [], dtype, data: Uint16Array.of(pattern) }).buffer)[0];
    expect(bits('F16', 0xfd01)).toBe(0xffa02000);
    expect(bits('BF16', 0xff81)).toBe(0xff810000);
  });

  test('hands float32 on and converts small integers', () => {
    const data = Float32Array.of(0.1, NaN);
    expect(toFloat32({ shape: [2], dtype: 'F32', data })).toBe(data);
    expect(toFloat32({ shape: [1], dtype: 'I16', data: Int16Array.of(-32768) })).toEqual(
      Float32Array.of(-32768),
    );
    expect(toFloat32({ shape: [1], dtype: 'U16', data: Uint16Array.of(65535) })).toEqual(
      Float32Array.of(65535),
    );
    expect(toFloat32({ shape: [2], dtype: 'BOOL', data: Uint8Array.of(1, 0) })).toEqual(
      Float32Array.of(1, 0),
    );
  });

  test.each<[SafetensorsTensor['dtype'], SafetensorsTensor['data']]>([
    ['F64', Float64Array.of(0.1)],
    ['I32', Int32Array.of(2 ** 24 + 1)],
    ['U32', Uint32Array.of(1)],
    ['I64', BigInt64Array.of(1n)],
    ['U64', BigUint64Array.of(1n)],
  ])('refuses %s, which it would have to round', (dtype, data) => {
    const run = (): unknown => toFloat32({ shape: [1], dtype, data });
    expect(run).toThrow(SafetensorsError);
    expect(run).toThrow(
      `toFloat32: expected a type that float32 holds exactly (F32, F16, BF16, I16, U16, I8, U8, BOOL), found ${dtype}`,
    );
  });
});
