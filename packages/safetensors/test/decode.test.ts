import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  SafetensorsError,
  type SafetensorsInput,
} from '../src/index.ts';

/** A file with the given header and this many bytes of data, whatever they contain. */
function file(header: unknown, dataBytes = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const f32 = (shape: number[], ...offsets: number[]): unknown => ({
  dtype: 'F32',
  shape,
  data_offsets: offsets,
});

const samples: Record<string, SafetensorsInput> = {
  'lstm1/kernel': { shape: [2, 2], data: Float32Array.of(0.1, -0, NaN, Infinity) },
  exact: { shape: [1], data: Float64Array.of(Math.PI) },
  step: { shape: [], data: Int32Array.of(-5) },
  big: { shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n) },
  unsigned: { shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
  bytes: { shape: [3], data: Uint8Array.of(0, 1, 255) },
  kept: { shape: [2], data: Uint8Array.of(1, 0), dtype: 'BOOL' },
  half: { shape: [2], data: Uint16Array.of(0x3c00, 0xc000), dtype: 'F16' },
  brain: { shape: [1], data: Uint16Array.of(0x3f80), dtype: 'BF16' },
  words: { shape: [1], data: Uint32Array.of(4_294_967_295) },
  shorts: { shape: [1, 1], data: Int16Array.of(-300) },
  counts: { shape: [1], data: Uint16Array.of(65_535) },
  tiny: { shape: [1], data: Int8Array.of(-128) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
};

describe('decodeSafetensors', () => {
  test('gives back every type, shape and bit', () => {
    const { tensors, metadata } = decodeSafetensors(
      encodeSafetensors(samples, { author: 'ünï', json: '{"a":1}' }),
    );
    expect(metadata).toEqual({ author: 'ünï', json: '{"a":1}' });
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(samples).sort());
    for (const [name, { shape, data, dtype }] of Object.entries(samples)) {
      const found = tensors[name]!;
      expect(found.shape).toEqual(shape);
      expect(found.data).toEqual(data);
      expect(found.data.constructor).toBe(data.constructor);
      expect(new Uint8Array(found.data.buffer)).toEqual(new Uint8Array(data.buffer));
      if (dtype !== undefined) expect(found.dtype).toBe(dtype);
    }
    expect(tensors['lstm1/kernel']!.dtype).toBe('F32');
  });

  test('reads bytes that start anywhere in a buffer, and copies them', () => {
    const bytes = encodeSafetensors({ x: { shape: [1], data: Float64Array.of(2.5) } });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const { tensors } = decodeSafetensors(shifted.subarray(3));
    shifted.fill(0);
    expect([...tensors['x']!.data]).toEqual([2.5]);
  });

  test('reads a file without tensors, and data that does not start at a multiple of 8', () => {
    expect(decodeSafetensors(file({}))).toEqual({ tensors: {}, metadata: {} });
    const { tensors } = decodeSafetensors(file({ abc: f32([1], 0, 4) }, 4));
    expect([...tensors['abc']!.data]).toEqual([0]);
  });

  test('encode then decode is the identity', () => {
    const tensor = fc
      .array(fc.float({ noNaN: true }), { maxLength: 6 })
      .map((values) => ({ shape: [values.length], data: Float32Array.from(values) }));
    const name = fc.string({ unit: 'grapheme' }).filter((text) => !text.startsWith('__'));
    fc.assert(
      fc.property(fc.dictionary(name, tensor), fc.dictionary(name, fc.string()), (all, texts) => {
        const { tensors, metadata } = decodeSafetensors(encodeSafetensors(all, texts));
        expect({ ...metadata }).toEqual({ ...texts });
        expect(Object.keys(tensors).sort()).toEqual(Object.keys(all).sort());
        for (const [key, { shape, data }] of Object.entries(all)) {
          expect(tensors[key]).toEqual({ shape, data, dtype: 'F32' });
        }
      }),
    );
  });

  test('refuses a file cut off at any byte', () => {
    const bytes = encodeSafetensors(samples, { note: 'x' });
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeSafetensors(bytes.subarray(0, end))).toThrow(SafetensorsError);
    }
  });

  test('throws nothing but its own error for damaged bytes', () => {
    const bytes = encodeSafetensors({ x: samples['lstm1/kernel']!, y: samples['half']! });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        try {
          decodeSafetensors(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { numRuns: 500 },
    );
  });

  const huge = file({});
  new DataView(huge.buffer).setBigUint64(0, 100_000_001n, true);
  const long = file({});
  new DataView(long.buffer).setBigUint64(0, 3n, true);

  test.each<[string, unknown, string]>([
    ['text', '{}', 'expected the bytes of a file as a Uint8Array, found string'],
    [
      'seven bytes',
      new Uint8Array(7),
      'expected at least 8 bytes, found 7; is the file truncated?',
    ],
    [
      'a header beyond the limit',
      huge,
      'expected a header of at most 100000000 bytes, found 100000001; is this a safetensors file?',
    ],
    ['a header beyond the file', long, 'expected a header of 3 bytes, found 2 bytes'],
    [
      'a header that is not JSON',
      file('{"x"'),
      String.raw`header: expected JSON, found "{\"x\"" (`,
    ],
    ['a list as header', file('[]'), 'expected a header that begins with "{", found "[]"'],
    ['spaces before the header', file(' {}'), 'expected a header that begins with "{"'],
    [
      'metadata that is not text',
      file({ __metadata__: { step: 3 } }),
      'expected texts by key as __metadata__, found {"step":3}',
    ],
    [
      'an unknown type',
      file({ x: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }, 1),
      'tensor "x": expected one of the types U64, I64, F64, F32, U32, I32, BF16, F16, U16, I16, I8, U8, BOOL, found "F8_E4M3"',
    ],
    ['an entry that is no object', file({ x: 3 }), 'tensor "x": expected one of the types'],
    [
      'a negative size',
      file({ x: f32([-1], 0, 4) }, 4),
      'tensor "x": expected a list of whole sizes as shape, found [-1]',
    ],
    [
      'offsets that are no pair',
      file({ x: f32([1], 4) }, 4),
      'tensor "x": expected data_offsets [begin, end], found [4]',
    ],
    [
      'offsets the wrong way round',
      file({ x: f32([1], 4, 0) }, 4),
      'expected data_offsets [begin, end], found [4,0]',
    ],
    [
      'offsets that do not fit the shape',
      file({ x: f32([2], 0, 4) }, 4),
      'tensor "x": expected 8 bytes for F32 of shape [2], found data_offsets [0, 4]',
    ],
    [
      'a shape whose size overflows',
      file({ x: f32([2 ** 40, 2 ** 40], 0, 4) }, 4),
      'tensor "x": expected 4.83',
    ],
    [
      'an overlap',
      file({ x: f32([2], 0, 8), y: f32([1], 4, 8) }, 8),
      'expected tensor "y" at byte 8 of the data, after "x", found it at byte 4: an overlap',
    ],
    [
      'a gap',
      file({ x: f32([1], 0, 4), y: f32([1], 8, 12) }, 12),
      'expected tensor "y" at byte 4 of the data, after "x", found it at byte 8: a gap',
    ],
    [
      'too little data',
      file({ x: f32([2], 0, 8) }, 7),
      'expected 8 bytes of data for tensor "x", found 7; is the file truncated?',
    ],
    [
      'data after the last tensor',
      file({ x: f32([1], 0, 4) }, 5),
      'expected the data to end at byte 4, after "x", found 5 bytes; the rest belongs to no tensor',
    ],
    [
      'a tensor that stands twice',
      file(
        '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        4,
      ),
      'header: expected each name once in an object of JSON, found "x" again',
    ],
    [
      'metadata that stand twice',
      file('{"__metadata__":{"k":"a","k":"b"}}'),
      'header: expected each name once in an object of JSON, found "k" again',
    ],
    [
      'a header that is nested a million times',
      file('{"x":'.repeat(1e6)),
      'header: expected JSON of at most 128 levels',
    ],
    [
      'a small header of many values',
      file(`{"x":{"shape":[${'0,'.repeat(5_000_000)}0]}}`),
      'header: expected JSON of at most 5000000 values',
    ],
    [
      'a name with control characters',
      file({ 'a\u001b[2J': 3 }),
      String.raw`tensor "a\u001b[2J": expected one of the types`,
    ],
    [
      'a reserved name',
      file('{"__proto__":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4),
      'header: expected another name than "__proto__" in JSON',
    ],
  ])('refuses %s', (_, bytes, message) => {
    const run = (): unknown => decodeSafetensors(bytes as Uint8Array);
    expect(run).toThrow(SafetensorsError);
    expect(run).toThrow(message);
  });

  test('keeps the cause of a header that is not UTF-8', () => {
    const bytes = file('{"é"}');
    bytes[11] = 0xff;
    let caught: unknown;
    try {
      decodeSafetensors(bytes);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(SafetensorsError);
    expect((caught as Error).message).toContain('expected a header in UTF-8');
    expect((caught as Error).cause).toBeInstanceOf(TypeError);
  });
});
