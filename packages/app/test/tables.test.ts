import { median, benchInterleaved } from '@secateur/app';
import { countLine, formatTable, resultRows } from '@secateur/app/command';
import { describe, expect, test } from 'vitest';

describe('resultRows', () => {
  const of = (units: number, score: number) => ({ units, score });
  const lines = [
    countLine<ReturnType<typeof of>>('units', ({ units }) => units),
    { name: 'score', text: ({ score }: ReturnType<typeof of>) => score.toFixed(1) },
  ];

  test('puts the teacher first and other networks behind the ratio', () => {
    const networks = { teacher: of(9000, 3), dense: of(6000, 2), pruned: of(2500, 2.04) };
    expect(resultRows(networks, { direct: { pruned: of(2500, 1) } }, lines)).toEqual([
      ['', 'teacher', 'before', 'after', 'ratio', 'direct'],
      ['units', '9,000', '6,000', '2,500', '2.40x', '2,500'],
      ['score', '3.0', '2.0', '2.0', '', '1.0'],
    ]);
  });

  test('has no ratio where nothing is left', () => {
    const networks = { teacher: null, dense: of(6, 2), pruned: of(0, 2) };
    expect(resultRows(networks, {}, lines).slice(0, 2)).toEqual([
      ['', 'before', 'after', 'ratio'],
      ['units', '6', '0', '-'],
    ]);
  });
});

describe('formatTable', () => {
  test('aligns names to the left and figures to the right, under a line', () => {
    const rows = [
      ['', 'before', 'after', 'ratio'],
      ['parameters', '12,000', '5,000', '2.40x'],
    ];
    expect(formatTable(rows)).toEqual([
      '             before   after   ratio',
      '-----------------------------------',
      'parameters   12,000   5,000   2.40x',
    ]);
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

describe('benchInterleaved', () => {
  test('runs all in turn, once more than it counts, and gives a median for each', async () => {
    const order: string[] = [];
    const work = (name: string) => () => {
      order.push(name);
      return Promise.resolve();
    };
    const times = await benchInterleaved([work('a'), work('b')], { rounds: 2 });
    expect(order.join('')).toBe('ababab');
    expect(times).toHaveLength(2);
    expect(times.every((ms) => ms >= 0)).toBe(true);
  });
  test('counts five rounds of work that takes long', async () => {
    let runs = 0;
    const work = async (): Promise<void> => {
      runs++;
      await new Promise((done) => setTimeout(done, 450));
    };
    await benchInterleaved([work]);
    expect(runs).toBe(6);
  });
});

describe('median', () => {
  test('is the middle, or the mean of the two in the middle, by size', () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([4, 1, 10, 2])).toBe(3);
    expect(() => median([])).toThrow('median: expected at least one value, found none');
  });
});
