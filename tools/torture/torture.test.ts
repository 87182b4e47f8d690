// The short form of `npm run torture`: every part of it, on a few cases.
import { join } from 'node:path';
import { runCli } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { randomOf } from './random.ts';
import { changeJson, valuesOf } from './mutations/json.ts';

describe('npm run torture', () => {
  test('finds no fault in its short form', async () => {
    const cases = ['--mutations', '108', '--kills', '1', '--failures', '1', '--races', '10'];
    const { code, stdout, stderr } = await runCli(join(import.meta.dirname, 'cli.ts'), cases);
    expect(stdout, stderr).toMatch(/\d+ cases, 0 faults\n$/);
    expect(code).toBe(0);
  });

  test('finds every value of a JSON text', () => {
    const text = '{"a": [1, "x\\"]"], "b": {}}';
    const found = valuesOf(text).map(({ from, to }) => text.slice(from, to));
    expect(found).toEqual(['1', '"x\\"]"', '[1, "x\\"]"]', '{}', text]);
    expect(() => valuesOf('{"a": [1}')).toThrow(SyntaxError);
    expect(() => valuesOf('["a')).toThrow(SyntaxError);
  });

  test('changes a JSON text by what its seed says', () => {
    const text = '{"a": [1, 2], "b": {"c": null}}';
    const changed = (seed: number): string => changeJson(text, randomOf(seed));
    expect(changed(3)).toBe(changed(3));
    const different = new Set(Array.from({ length: 200 }, (_, seed) => changed(seed)));
    expect(different.size).toBeGreaterThan(50);
  });
});
