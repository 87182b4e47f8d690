import { expect, test } from 'vitest';
import { floatTensors, SafetensorsError, type SafetensorsTensor } from '../src/index.ts';

const half: SafetensorsTensor = { shape: [2], dtype: 'F16', data: Uint16Array.of(0x3c00, 0xc100) };
const steps: SafetensorsTensor = { shape: [1], dtype: 'I64', data: BigInt64Array.of(7n) };
const wide: SafetensorsTensor = { shape: [1], dtype: 'F64', data: Float64Array.of(0.5) };

test('weights are read as float32, whole numbers are left out', () => {
  const found = floatTensors({ tensors: { half, steps }, metadata: {} }, 'x');
  expect(found).toEqual({ half: { shape: [2], data: Float32Array.of(1, -2.5) } });
});

test('float64 and a file without weights are refused', () => {
  const read = (tensors: Record<string, SafetensorsTensor>) => () =>
    floatTensors({ tensors, metadata: {} }, '"net"');
  expect(read({ half, wide })).toThrow(SafetensorsError);
  expect(read({ half, wide })).toThrow(
    'expected weights of float32, float16 or bfloat16 in "net", found float64 in "wide"; write model.float() in PyTorch.',
  );
  expect(read({ steps })).toThrow('expected weights in "net", found none; is it the right file?');
});
