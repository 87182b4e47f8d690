import { describe, expect, test } from 'vitest';
import { encodeSafetensors, SafetensorsError, type SafetensorsInput } from '../src/index.ts';

const headerOf = (bytes: Uint8Array): string => {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8');
};

describe('encodeSafetensors', () => {
  test('writes length, header and data as the format says', () => {
    const bytes = encodeSafetensors({ x: { shape: [2], data: Float32Array.of(1, -2) } });
    const header = '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'.padEnd(56);
    expect(headerOf(bytes)).toBe(header);
    expect([...bytes.subarray(0, 8)]).toEqual([56, 0, 0, 0, 0, 0, 0, 0]);
    expect([...bytes.subarray(64)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  test('starts the data at a multiple of 8 and wide elements before narrow ones', () => {
    const bytes = encodeSafetensors(
      {
        flag: { shape: [3], data: Uint8Array.of(1, 0, 1), dtype: 'BOOL' },
        half: { shape: [1], data: Uint16Array.of(0x3c00), dtype: 'F16' },
        step: { shape: [], data: BigInt64Array.of(7n) },
        weight: { shape: [1], data: Float32Array.of(1) },
      },
      { note: 'é' },
    );
    const header = headerOf(bytes);
    expect((8 + Buffer.byteLength(header)) % 8).toBe(0);
    const { __metadata__, ...entries } = JSON.parse(header) as Record<string, unknown>;
    expect(__metadata__).toEqual({ note: 'é' });
    expect(Object.keys(entries)).toEqual(['step', 'weight', 'half', 'flag']);
    expect(entries).toMatchObject({
      step: { dtype: 'I64', shape: [], data_offsets: [0, 8] },
      weight: { data_offsets: [8, 12] },
      half: { dtype: 'F16', data_offsets: [12, 14] },
      flag: { dtype: 'BOOL', data_offsets: [14, 17] },
    });
  });

  test('gives the same bytes whatever the order of the records', () => {
    const a = { shape: [1], data: Float32Array.of(1) };
    const b = { shape: [2], data: Float32Array.of(2, 3) };
    const one = encodeSafetensors({ a, b }, { x: '1', y: '2' });
    const two = encodeSafetensors({ b, a }, { y: '2', x: '1' });
    expect(two).toEqual(one);
  });

  test('writes only the part of a buffer that a view covers', () => {
    const view = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const bytes = encodeSafetensors({ x: { shape: [2], data: view } });
    const own = encodeSafetensors({ x: { shape: [2], data: Float32Array.of(1, 2) } });
    expect(bytes).toEqual(own);
  });

  const floats = Float32Array.of(1, 2);
  test.each<[string, Record<string, unknown>, string]>([
    [
      'a shape that does not fit',
      { w: { shape: [3], data: floats } },
      'encodeSafetensors: tensor "w": expected 3 elements for shape [3], found 2',
    ],
    [
      'a shape that is no list',
      { w: { shape: [1.5], data: floats } },
      'encodeSafetensors: tensor "w": expected a list of whole sizes as shape, found [1.5]',
    ],
    [
      'a shape with a hole',
      // eslint-disable-next-line no-sparse-arrays
      { w: { shape: [, 2], data: floats } },
      'encodeSafetensors: tensor "w": expected a list of whole sizes as shape, found [null,2]',
    ],
    [
      'a plain array',
      { w: { shape: [1], data: [1] } },
      'encodeSafetensors: tensor "w": expected a typed array as data, found Array',
    ],
    [
      'nothing',
      { w: undefined },
      'encodeSafetensors: tensor "w": expected { shape, data }, found nothing',
    ],
    [
      'an array of another type',
      { w: { shape: [2], data: floats, dtype: 'F16' } },
      'encodeSafetensors: tensor "w": expected a Uint16Array for type F16, found Float32Array',
    ],
    [
      'a truth value of 2',
      { w: { shape: [1], data: Uint8Array.of(2), dtype: 'BOOL' } },
      'encodeSafetensors: tensor "w": expected only 0 and 1 for type BOOL, found other values',
    ],
    [
      'an unknown type',
      { w: { shape: [2], data: floats, dtype: 'F8' } },
      'expected one of the types U64, I64, F64, F32, U32, I32, BF16, F16, U16, I16, I8, U8, BOOL, found "F8"',
    ],
    [
      'a reserved name',
      { __metadata__: { shape: [2], data: floats } },
      'encodeSafetensors: tensor "__metadata__": expected another name, found a reserved one',
    ],
  ])('refuses %s', (_, tensors, message) => {
    const run = (): unknown => encodeSafetensors(tensors as Record<string, SafetensorsInput>);
    expect(run).toThrow(SafetensorsError);
    expect(run).toThrow(message);
  });

  test('refuses metadata that is not text, and records that are none', () => {
    const metadata = { step: 3 } as unknown as Record<string, string>;
    expect(() => encodeSafetensors({}, metadata)).toThrow(
      'encodeSafetensors: expected text as metadata "step", found number; write other values with JSON.stringify',
    );
    const list = [] as unknown as Record<string, SafetensorsInput>;
    expect(() => encodeSafetensors(list)).toThrow('expected tensors by name, found Array');
    const tensors = new Map([['a', { shape: [1], data: Float32Array.of(1) }]]);
    expect(() => encodeSafetensors(tensors as never)).toThrow(
      'expected tensors by name, found Map',
    );
    expect(() => encodeSafetensors({}, new Map([['key', 'text']]) as never)).toThrow(
      'expected metadata texts by key, found Map',
    );
    expect(() => encodeSafetensors(Object.create(null) as object as never)).not.toThrow();
  });
});
