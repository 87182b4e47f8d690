import { describe, expect, test } from 'vitest';
import { heatRow } from '../../src/show/heat-row.ts';
import { grouped, number, table } from '../../src/show/table.ts';
import { showsUnicode } from '../../src/show/unicode.ts';

describe('heatRow', () => {
  test('draws values as tall as they are beside the largest', () => {
    expect(heatRow([8, 7, 6, 5, 4, 3, 2, 1, 0], { unicode: true })).toBe('██▇▆▅▄▃▂·');
    expect(heatRow([8, 4, 0.001, 0], { unicode: false })).toBe('@*:.');
  });
  test('neighbors share a character when there are more than fit, and none that lives is drawn as dead', () => {
    const values = [...new Array<number>(50).fill(1), ...new Array<number>(50).fill(0)];
    expect(heatRow(values, { width: 10, unicode: true })).toBe('█████·····');
    values[99] = 1e-9;
    expect(heatRow(values, { width: 10, unicode: true })).toBe('█████····▁');
  });
  test('what is infinite or no number has a sign of its own, and does not change the others', () => {
    expect(heatRow([NaN, Infinity, 8, 4, 0], { unicode: true })).toBe('!!█▅·');
    expect(heatRow([NaN, 8, 8, 0], { width: 2, unicode: false })).toBe('!*');
  });
  test('more values than a call takes arguments', () => {
    expect(heatRow(new Float64Array(400_000).fill(1), { width: 3, unicode: true })).toBe('███');
  });
  test('zeros alone, and nothing', () => {
    expect(heatRow([0, 0], { unicode: true })).toBe('··');
    expect(heatRow([], { unicode: true })).toBe('');
  });
});

test('showsUnicode goes by what the environment says', () => {
  expect(showsUnicode({ LANG: 'de_DE.UTF-8' }, 'linux')).toBe(true);
  expect(showsUnicode({ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, 'linux')).toBe(false);
  expect(showsUnicode({}, 'linux')).toBe(false);
  expect(showsUnicode({ LANG: 'C.utf8', TERM: 'dumb' }, 'linux')).toBe(false);
  expect(showsUnicode({}, 'darwin')).toBe(true);
  expect(showsUnicode({}, 'win32')).toBe(false);
  expect(showsUnicode({ WT_SESSION: '1' }, 'win32')).toBe(true);
});

test('numbers and tables', () => {
  expect([1234567, 0.5, 1e-9, 0].map(grouped)).toEqual(['1,234,567', '0.5', '1.0e-9', '0']);
  expect([12.3456, 1e7, -0.00123].map(number)).toEqual(['12.35', '1.0e+7', '-0.00123']);
  expect(
    table([
      ['a', 'bb'],
      ['ccc', 'd'],
    ]),
  ).toBe('a    bb\nccc   d');
});
