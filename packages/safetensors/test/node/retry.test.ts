import { describe, expect, test } from 'vitest';
import { isHeld, retryWhileHeld } from '../../src/node/retry.ts';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** A call that fails with these codes, one after the other, and then succeeds. */
function failing(...codes: string[]): { call: () => string; calls: () => number } {
  let calls = 0;
  return {
    calls: () => calls,
    call: () => {
      const code = codes[calls++];
      if (code !== undefined) throw failure(code);
      return 'done';
    },
  };
}

describe('retryWhileHeld', () => {
  test('on Windows tries again while something else has the file open', () => {
    const { call, calls } = failing('EPERM', 'EBUSY', 'EACCES');
    expect(retryWhileHeld(call, { platform: 'win32' })).toBe('done');
    expect(calls()).toBe(4);
  });

  test('gives up after its patience, with the error that it found', () => {
    const { call, calls } = failing(...new Array<string>(1000).fill('EBUSY'));
    const began = performance.now();
    expect(() => retryWhileHeld(call, { platform: 'win32', patience: 60 })).toThrow('EBUSY');
    expect(performance.now() - began).toBeGreaterThanOrEqual(5 + 10 + 20);
    // After 5, 10 and 20 ms; another 40 would be too long.
    expect(calls()).toBeLessThanOrEqual(4);
  });

  test('passes on at once what waiting does not mend', () => {
    for (const [platform, code] of [
      ['win32', 'ENOENT'],
      ['win32', 'ENOSPC'],
      ['linux', 'EPERM'],
      ['darwin', 'EACCES'],
    ] as const) {
      const { call, calls } = failing(code, code);
      expect(() => retryWhileHeld(call, { platform })).toThrow(code);
      expect(calls()).toBe(1);
    }
  });
});

test('isHeld knows what is no error of the file system', () => {
  expect(isHeld(failure('EPERM'), 'win32')).toBe(true);
  expect(isHeld(new Error('EPERM'), 'win32')).toBe(false);
  expect(isHeld('EPERM', 'win32')).toBe(false);
});
