import { cast, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { expect, test } from 'vitest';

describeBackend('Cast', () => {
  test('makes every number but zero true', () => {
    tidy(() => {
      const flags = cast(tensor1d([0, -0, 0.5, 1, 2, -3, 256, NaN]), 'bool');
      expect(flags.dtype).toBe('bool');
      expect(Array.from(flags.dataSync())).toEqual([0, 0, 1, 1, 1, 1, 1, 1]);
      expect(Array.from(cast(tensor1d([0, 256], 'int32'), 'bool').dataSync())).toEqual([0, 1]);
    });
  });
  test('leaves the other casts as they are', () => {
    tidy(() => {
      expect(Array.from(cast(tensor1d([1.9, -1.9]), 'int32').dataSync())).toEqual([1, -1]);
      expect(Array.from(cast(tensor1d([true, false], 'bool'), 'float32').dataSync())).toEqual([
        1, 0,
      ]);
    });
  });
});
