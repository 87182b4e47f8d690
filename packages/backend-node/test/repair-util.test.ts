import util from 'node:util';
import { describe, expect, test } from 'vitest';
import { repairUtil } from '../src/repair-util.ts';

interface Old {
  isArray(value: unknown): boolean;
  isNullOrUndefined(value: unknown): boolean;
}

describe('repairUtil', () => {
  test('adds what Node 23 removed', () => {
    const target = {} as Old;
    repairUtil(target);
    expect([[], 'a', undefined].map((value) => target.isArray(value))).toEqual([
      true,
      false,
      false,
    ]);
    expect([null, undefined, 0, ''].map((value) => target.isNullOrUndefined(value))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('leaves what is there', () => {
    const own = (): boolean => true;
    const target = { isNullOrUndefined: own };
    repairUtil(target);
    expect(target.isNullOrUndefined).toBe(own);
  });

  test("repairs Node's own module, whichever Node this is", () => {
    repairUtil();
    const repaired = util as unknown as Old;
    expect(repaired.isNullOrUndefined(undefined)).toBe(true);
    expect(repaired.isArray([])).toBe(true);
  });
});
