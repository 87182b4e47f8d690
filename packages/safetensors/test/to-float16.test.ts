import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toFloat16, toFloat32 } from '../src/index.ts';

const single = (data: Uint16Array): Float32Array =>
  toFloat32({ shape: [data.length], dtype: 'F16', data });

describe('toFloat16', () => {
  test('gives each of the 65,536 patterns back that is no NaN', () => {
    const every = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
    const numbers = every.filter((bits) => (bits & 0x7fff) <= 0x7c00);
    expect(toFloat16(single(numbers))).toEqual(numbers);
  });
  // By hand: the distance of halves is 2^-10 above 1, 32 below 65536, 2^-24 below 2^-14.
  test.each([
    ['a tie to the even one below', 1 + 2 ** -11, 0x3c00],
    ['a tie to the even one above', 1 + 3 * 2 ** -11, 0x3c02],
    ['a little above a tie', 1 + 2 ** -11 + 2 ** -23, 0x3c01],
    ['a carry into the exponent', 2 - 2 ** -12, 0x4000],
    ['the largest that fits', 65519, 0x7bff],
    ['the least of the normal numbers', 2 ** -14, 0x0400],
    ['a carry out of the subnormal numbers', 2 ** -14 - 2 ** -26, 0x0400],
    ['the least of the subnormal numbers', 2 ** -24, 0x0001],
    ['half of it, a tie', 2 ** -25, 0x0000],
    ['a little more than half of it', 2 ** -25 * 1.5, 0x0001],
    ['a subnormal single', 1e-40, 0x0000],
    ['a negative one', -0.1, 0xae66],
    ['minus zero', -0, 0x8000],
    ['minus infinity', -Infinity, 0xfc00],
  ])('%s: %d', (_, value, expected) => {
    expect(toFloat16(Float32Array.of(value))).toEqual(Uint16Array.of(expected));
  });
  test('keeps NaN', () => {
    expect(single(toFloat16(Float32Array.of(NaN)))[0]).toBeNaN();
  });
  test('no half is nearer than the one that it gives', () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const [bits] = toFloat16(Float32Array.of(value));
        const near = [bits! - 1, bits!, bits! + 1].filter((each) => (each & 0x7fff) < 0x7c00);
        const distances = [...single(Uint16Array.from(near))].map((each) => Math.abs(each - value));
        const own = Math.abs(single(Uint16Array.of(bits!))[0]! - value);
        expect(own).toBe(Math.min(...distances));
      }),
    );
  });
  test('refuses other numbers than float32', () => {
    expect(() => toFloat16(Float64Array.of(1) as unknown as Float32Array)).toThrow(
      'toFloat16: expected a Float32Array, found Float64Array; convert it with Float32Array.from.',
    );
  });
  test.each([65520, -65520, 1e30])('%d is too large', (value) => {
    expect(() => toFloat16(Float32Array.of(1, value))).toThrow(
      `toFloat16: expected numbers of at most 65504, which float16 ends with, found ${Math.fround(value)} at 1; store this tensor as float32`,
    );
  });
});
