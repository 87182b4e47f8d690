import { tensor1d, variable, zeros } from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { expect, test } from 'vitest';
import { fetchVariables, readVariables } from '@secateur/pruner/tfjs';

describeBackend('readVariables', () => {
  test('reads variables by name and by record as copies', async () => {
    const start = tensor1d([1, 2]);
    const v = variable(start, true, 'read/a');
    start.dispose();
    const read = readVariables(['read/a']);
    expect(read).toEqual({ 'read/a': { shape: [2], data: Float32Array.of(1, 2) } });
    expect(readVariables({ own: v })).toEqual({ own: read['read/a'] });
    expect(await fetchVariables({ own: v })).toEqual({ own: read['read/a'] });
    const next = tensor1d([5, 6]);
    v.assign(next);
    next.dispose();
    expect([...read['read/a']!.data]).toEqual([1, 2]);
    v.dispose();
  });

  test('refuses names that are not registered and disposed variables', () => {
    expect(() => readVariables(['read/none'])).toThrow(
      'readVariables: expected a variable for "read/none", found none; registered are ',
    );
    const start = zeros([1]);
    const v = variable(start);
    start.dispose();
    v.dispose();
    expect(() => readVariables({ gone: v })).toThrow(
      'expected a variable for "gone", found a disposed one',
    );
  });

  test('refuses variables of whole numbers', () => {
    const start = tensor1d([1], 'int32');
    const v = variable(start, false);
    start.dispose();
    expect(() => readVariables({ count: v })).toThrow(
      'expected a float32 variable for "count", found int32; only float32 weights can be pruned.',
    );
    v.dispose();
  });
});
