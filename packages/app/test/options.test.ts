import { join } from 'node:path';
import {
  checkWith,
  flagOf,
  parseCount,
  parseNumber,
  parseNumbers,
  parsePositive,
  parseSeed,
  parseSize,
  presetOf,
  runDirectoryOf,
} from '@secateur/app/command';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

describe('options', () => {
  test('numbers are numbers', () => {
    expect(parseNumber('1e-3')).toBe(0.001);
    expect(parseNumbers('54,81')).toEqual([54, 81]);
    expect(() => parseNumber('')).toThrow('expected a finite number, found ""');
    expect(() => parseNumbers('1,x')).toThrow('expected a finite number, found "x"');
  });

  test.each(['0', '-1', '1.5', 'many'])('%s is no count', (text) => {
    expect(() => parseCount(text)).toThrow(/expected a/);
  });

  test.each(['Infinity', '-Infinity', '1e999', 'NaN', '', ' ', 'x'])('%j is no number', (text) => {
    for (const parse of [parseNumber, parseCount, parsePositive, parseSeed, parseSize]) {
      expect(() => parse(text)).toThrow('expected a finite number');
    }
  });

  test('numbers have the signs that they are asked for', () => {
    expect([parsePositive('0.5'), parseSize('0'), parseSeed('0')]).toEqual([0.5, 0, 0]);
    for (const text of ['0', '-1']) {
      expect(() => parsePositive(text)).toThrow(`expected a number above 0, found "${text}".`);
    }
    expect(() => parseSize('-1')).toThrow('expected a number of 0 or more, found "-1".');
    for (const text of ['-1', '1.5']) {
      expect(() => parseSeed(text)).toThrow(
        `expected a whole number of 0 or more, found "${text}"`,
      );
    }
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'x'])(
    '%s is no preset',
    (name) => {
      expect(presetOf({ quick: 1 }, 'quick')).toBe(1);
      expect(() => presetOf({ quick: 1 }, name)).toThrow(
        `--preset: expected one of quick, found "${name}".`,
      );
    },
  );

  test('a run is named after what differs from its preset', () => {
    const raw = { lambda: 0.01, data: '/a b/c', hidden: [2, 3] };
    expect(runDirectoryOf('quick', raw, ['lambda', 'data', 'hidden'])).toBe(
      join('runs', 'quick-lambda=0.01-data=_a_b_c-hidden=2,3'),
    );
    expect(flagOf('keepInput')).toBe('keep-input');
  });

  test('the name of a run is one that every system takes', () => {
    const name = (data: string) => runDirectoryOf('quick', { data }, ['data']);
    expect(name('C:\\texts\\ptb?*<>|"')).toBe(join('runs', 'quick-data=C_texts_ptb_'));
    expect(name('..')).toBe(join('runs', 'quick-data='));
    expect(name('a.')).toBe(join('runs', 'quick-data=a'));
  });

  test('settings are checked all at once', () => {
    const schema = z.strictObject({ epochs: z.int().positive(), keep: z.number().max(1) });
    expect(checkWith(schema, { epochs: 2, keep: 1 })).toEqual({ epochs: 2, keep: 1 });
    expect(() => checkWith(schema, { epochs: 0, keep: 2 })).toThrow(
      /settings: 2 do not fit:\n {2}epochs: .*\n {2}keep: /,
    );
    expect(() => checkWith(schema, null)).toThrow('settings: 1 do not fit:\n  settings:');
  });
});
