import { issGroups, parseLayout } from '@secateur/groups';
import { describe, expect, test } from 'vitest';
import { resolveBudget, type BudgetOptions } from '../../src/budget/options.ts';
import { LassoError } from '../../src/index.ts';

const layout = parseLayout(`
  dims       in = 10   h = 8   out = 5
  kernel     in -> 4*h
  recurrent  h -> 4*h
  bias       -> 4*h
  head       h -> out
`);
const groups = issGroups(layout);

// 10 * 32 + 8 * 32 + 8 * 5 multiply-adds, and 32 biases; with one unit 10 * 4 + 4 + 5, and 4.
const macs = 616;
const parameters = 648;

const failure = (options: unknown): string => {
  try {
    resolveBudget(options as BudgetOptions, groups);
  } catch (error) {
    expect(error).toBeInstanceOf(LassoError);
    return (error as Error).message;
  }
  throw new Error('expected an error');
};

describe('resolveBudget', () => {
  test.each([
    ['a share of multiply-adds', { macs: 0.5 }, macs / 2, macs],
    ['a number of multiply-adds', { macs: 300 }, 300, macs],
    ['a share of parameters', { parameters: 0.25 }, parameters / 4, parameters],
    ['a share of bytes', { bytes: 0.25 }, parameters, 4 * parameters],
    ['a share of units', { units: { h: 0.5 } }, 4, 8],
    ['a number of units', { units: { h: 3 } }, 3, 8],
  ])('takes %s', (_, given, target, whole) => {
    const { goals, from, by } = resolveBudget({ layout, by: 100, ...given }, groups);
    expect({ from, by }).toEqual({ from: 0, by: 100 });
    expect(goals).toMatchObject([{ dims: ['h'], target, whole }]);
  });

  test('names the nearest budget to one that cannot be met', () => {
    expect(failure({ layout, macs: 0.01, by: 9 })).toBe(
      'groupLasso: expected a budget with macs that removing components can meet, found 0.01 where one component of each dimension still costs 49 of 616 multiply-adds; take 0.08 or more, or put more dimensions into the groups.',
    );
    expect(failure({ layout, bytes: 100, by: 9 })).toContain('take 212 or more');
  });

  test.each([
    [
      'no object',
      undefined,
      'an object of options (layout, by, from, macs, parameters, bytes, units, equal), found nothing; pass one.',
    ],
    [
      'a key of no meaning',
      { layout, macs: 0.5, by: 9, when: 3 },
      'found "when"; correct it or leave it out.',
    ],
    ['no layout', { macs: 0.5, by: 9 }, 'the layout of the whole network, found undefined'],
    ['nothing to count', { layout, by: 9 }, 'one of macs, parameters, bytes and units, found none'],
    [
      'units of null',
      { layout, units: null, by: 9 },
      'units of at least one dimension, found none',
    ],
    ['two things', { layout, by: 9, macs: 0.5, bytes: 9 }, 'found macs and bytes'],
    ['no step', { layout, macs: 0.5 }, 'by to be a whole number of steps above 0, found undefined'],
    ['a step before the first', { layout, macs: 0.5, from: 5, by: 5 }, 'above 5, found 5'],
    ['half a step', { layout, macs: 0.5, from: 0.5, by: 5 }, 'from to be a whole number'],
    ['less than nothing', { layout, macs: -1, by: 9 }, 'macs to be a number above 0, found -1'],
    ['a text', { layout, macs: '0.5', by: 9 }, 'macs to be a number above 0, found 0.5'],
    ['the whole', { layout, macs: 616, by: 9 }, 'macs below those of the whole network, 616'],
    ['half a unit', { layout, units: { h: 2.5 }, by: 9 }, 'a share below 1 or a whole number'],
    ['units of nothing', { layout, units: {}, by: 9 }, 'units of at least one dimension'],
    ['units without groups', { layout, units: { in: 3 }, by: 9 }, 'with groups (h), found "in"'],
    ['a tie of none', { layout, macs: 0.5, by: 9, equal: [['h', 'k']] }, 'found k; name those'],
    ['a tie of one twice', { layout, macs: 0.5, by: 9, equal: [['h', 'h']] }, 'found h; name'],
  ])('refuses %s', (_, options, message) => {
    expect(failure(options)).toContain(message);
  });

  test('refuses groups that its layout does not have', () => {
    const other = parseLayout('dims k = 9 \n rnn k -> k \n head k -> 2');
    expect(() => resolveBudget({ layout, macs: 0.5, by: 9 }, issGroups(other))).toThrow(
      'found a group set "k" of 9; make the groups with issGroups(layout)',
    );
  });
});
