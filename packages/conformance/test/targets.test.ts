import { describe, expect, test } from 'vitest';
import { targetNames, targets } from '../src/targets.ts';

describe('targetNames', () => {
  test('reads a list with commas, and all', () => {
    expect(targetNames('--only', 'wasm, cpu,')).toEqual(['wasm', 'cpu']);
    expect(targetNames('--only', 'all')).toEqual(targets.map(({ name }) => name));
  });
  test('refuses a name that no target has, and a list of none, with which nothing would run', () => {
    expect(() => targetNames('--only', 'cpu,wsam')).toThrow('found "wsam"');
    for (const none of ['', ',', ' , ']) {
      expect(() => targetNames('--only', none)).toThrow(
        `expected --only to name targets, found "${none}"; take some of cpu, wasm, `,
      );
    }
  });
});
