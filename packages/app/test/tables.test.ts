import { countRow, formatTable, median, timeInTurns } from '@secateur/app';
import { describe, expect, test } from 'vitest';

describe('formatTable', () => {
  test('aligns names to the left and figures to the right, under a line', () => {
    const rows = [['', 'before', 'after', 'ratio'], countRow('parameters', 12000, 5000)];
    expect(formatTable(rows)).toEqual([
      '             before   after   ratio',
      '-----------------------------------',
      'parameters   12,000   5,000   2.40x',
    ]);
  });

  test('has no ratio where nothing is left', () => {
    expect(countRow('units', 6, 0)).toEqual(['units', '6', '0', '-']);
  });

  test('leaves no blanks at the end of a row without a ratio', () => {
    expect(
      formatTable([
        ['a', 'b'],
        ['c', ''],
      ]).at(-1),
    ).toBe('c');
  });
});

describe('timeInTurns', () => {
  test('runs all in turn, once more than it counts, and gives a median for each', async () => {
    const order: string[] = [];
    const work = (name: string) => () => {
      order.push(name);
      return Promise.resolve();
    };
    const times = await timeInTurns([work('a'), work('b')], { rounds: 2 });
    expect(order.join('')).toBe('ababab');
    expect(times).toHaveLength(2);
    expect(times.every((ms) => ms >= 0)).toBe(true);
  });
});

describe('median', () => {
  test('is the middle, or the mean of the two in the middle, by size', () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([4, 1, 10, 2])).toBe(3);
    expect(() => median([])).toThrow('median: expected at least one value, found none');
  });
});
