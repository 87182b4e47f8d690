import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors, SafetensorsError, toFloat32 } from '../src/index.ts';

// What fixtures/reference.py recorded from the format's own library and from PyTorch.
const read = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const { headers } = JSON.parse(read('headers.json').toString()) as {
  headers: Record<string, { header: string; read: boolean }>;
};
const { tensors: expected } = JSON.parse(read('torch.json').toString()) as {
  tensors: Record<string, { dtype: string; shape: number[]; data: (number | string)[] }>;
};

describe("headers, as the format's own library takes them", () => {
  test.each(Object.entries(headers))('%s', (_, { header, read }) => {
    const text = Buffer.from(header);
    const file = Buffer.alloc(8 + text.length + 4);
    file.writeBigUInt64LE(BigInt(text.length));
    text.copy(file, 8);
    file.writeFloatLE(1.5, 8 + text.length);
    const decode = () => decodeSafetensors(new Uint8Array(file));
    if (read) {
      const { tensors, metadata } = decode();
      expect([...(tensors['a'] ?? tensors[''])!.data]).toEqual([1.5]);
      expect(metadata).toEqual({});
    } else {
      expect(decode).toThrow(SafetensorsError);
    }
  });
});

describe('a file that PyTorch wrote', () => {
  const { tensors } = decodeSafetensors(new Uint8Array(read('torch.safetensors')));
  const numbers: Record<string, number> = { inf: Infinity, '-inf': -Infinity, nan: NaN };
  const valueOf = (value: number | string) => numbers[value] ?? Number(value);

  test('has all tensors', () => {
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(Object.entries(expected))('%s', (name, { dtype, shape, data }) => {
    const tensor = tensors[name]!;
    expect(tensor.shape).toEqual(shape);
    const decoded = ['float16', 'bfloat16'].includes(dtype) ? toFloat32(tensor) : tensor.data;
    expect([...decoded].map(Number)).toEqual(data.map(valueOf));
  });
});
