import { describe, expect, test } from 'vitest';
import { encodeAs, toFloat32, type Dtype } from '../src/index.ts';

const ofBits = (bits: number): Float32Array => new Float32Array(Uint32Array.of(bits).buffer);

describe('encodeAs', () => {
  test('cuts bfloat16 off', () => {
    const { data, dtype } = encodeAs({ shape: [2], data: Float32Array.of(-2.5, 0.1) }, 'BF16');
    expect([dtype, data]).toEqual(['BF16', Uint16Array.of(0xc020, 0x3dcc)]);
  });
  test.each([
    ['whose bits are all in the lower half', 0x7f800001],
    ['of the other sign', 0xff80ffff],
    ['that is quiet', 0x7fc00000],
  ])('a NaN %s stays one in bfloat16', (_, bits) => {
    const data = encodeAs({ shape: [1], data: ofBits(bits) }, 'BF16').data as Uint16Array;
    expect(toFloat32({ shape: [1], dtype: 'BF16', data })[0]).toBeNaN();
    expect(data[0]! >>> 15).toBe(bits >>> 31);
  });
  test('infinities stay infinities', () => {
    const data = Float32Array.of(Infinity, -Infinity);
    const brain = encodeAs({ shape: [2], data }, 'BF16').data as Uint16Array;
    expect(toFloat32({ shape: [2], dtype: 'BF16', data: brain })).toEqual(data);
  });
  test('refuses types that it does not write, which it would leave as float32', () => {
    for (const dtype of ['F64', 'I32', 'F8'] as Dtype[]) {
      expect(() => encodeAs({ shape: [1], data: Float32Array.of(1) }, dtype)).toThrow(
        `encodeAs: expected the type F32, F16 or BF16, found "${dtype}"; pass encodeSafetensors data of that type.`,
      );
    }
  });
  test('refuses other numbers than float32, whose bits it would misread', () => {
    const data = Float64Array.of(1.5, 2) as unknown as Float32Array;
    for (const dtype of ['F32', 'F16', 'BF16'] as const) {
      expect(() => encodeAs({ shape: [2], data }, dtype)).toThrow(
        'encodeAs: expected a Float32Array, found Float64Array; convert it with Float32Array.from.',
      );
    }
  });
});
