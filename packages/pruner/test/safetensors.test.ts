import { encodeSafetensors } from '@secateur/safetensors';
import { describe, expect, test } from 'vitest';
import { PrunerError, weightsFromSafetensors } from '@secateur/pruner';

const file = encodeSafetensors({
  half: { shape: [2, 1], data: Uint16Array.of(0x3c00, 0x0001), dtype: 'F16' },
  brain: { shape: [1], data: Uint16Array.of(0xc020), dtype: 'BF16' },
  single: { shape: [], data: Float32Array.of(0.1) },
  batches: { shape: [], data: BigInt64Array.of(7n) },
});

describe('weightsFromSafetensors', () => {
  test('reads F16 and BF16 as float32', () => {
    const weights = weightsFromSafetensors(file, { only: (name) => name !== 'batches' });
    expect(weights).toEqual({
      half: { shape: [2, 1], data: Float32Array.of(1, 2 ** -24) },
      brain: { shape: [1], data: Float32Array.of(-2.5) },
      single: { shape: [], data: Float32Array.of(0.1) },
    });
  });

  test('names a tensor that float32 cannot hold', () => {
    const run = (): unknown => weightsFromSafetensors(file);
    expect(run).toThrow(PrunerError);
    expect(run).toThrow(
      'weightsFromSafetensors: expected tensors that float32 holds (F32, F16, BF16) in the bytes, found I64 in "batches"; convert it to float32, or leave it out.',
    );
  });

  test('says what is wrong with a damaged file', () => {
    const run = (): unknown => weightsFromSafetensors(file.subarray(0, -1));
    expect(run).toThrow(PrunerError);
    expect(run).toThrow(
      'weightsFromSafetensors: expected a whole safetensors file in the bytes, found decodeSafetensors:',
    );
  });
});
