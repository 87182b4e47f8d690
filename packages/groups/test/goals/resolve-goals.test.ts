import { describe, expect, test } from 'vitest';
import {
  equalSizes,
  GroupError,
  parseLayout,
  resolveGoals,
  type CostTarget,
  type Goal,
  type GoalContext,
} from '../../src/index.ts';

// a^2 + ab + b^2 + 2b multiply-adds, 56 of them; 4 biases.
const layout = parseLayout(`
  dims   a = 4   b = 4
  a/rnn  a -> a
  b/in   a -> b
  b/rnn  b -> b
  b/bias   -> b
  out    b -> 2
`);

class OwnError extends Error {}

const goalsOf = (target: CostTarget, more: Partial<GoalContext> = {}): Goal[] =>
  resolveGoals(target, {
    ...{ layout, dims: ['a', 'b'], which: 'at hand', more: 'bring more' },
    error: (...parts) => new OwnError(parts.join(' | ')),
    ...more,
  });

const failure = (target: CostTarget, more: Partial<GoalContext> = {}): string => {
  try {
    goalsOf(target, more);
  } catch (error) {
    expect(error).toBeInstanceOf(OwnError);
    return (error as Error).message;
  }
  throw new Error('expected an error');
};

describe('resolveGoals', () => {
  test.each<[string, CostTarget, Partial<Goal>]>([
    ['a share of multiply-adds', { macs: 0.5 }, { target: 28, whole: 56, least: 5 }],
    ['a number of parameters', { parameters: 30 }, { target: 30, whole: 60, least: 6 }],
    ['a share of bytes', { bytes: 0.5 }, { target: 120, whole: 240, least: 24, unit: 'bytes' }],
    ['units', { units: { a: 0.5 } }, { target: 2, whole: 4, least: 1, dims: ['a'] }],
  ])('takes %s', (_, target, expected) => {
    expect(goalsOf(target)).toMatchObject([expected]);
  });

  test.each([
    [5, 0.5, 2],
    [5, 0.95, 4],
    [5, 0.1, 1],
    [5, 0.8, 4],
    // 0.29 * 100 is a little less than 29.
    [100, 0.29, 29],
  ])('of %d units a share of %d is at most %d', (size, share, target) => {
    const own = parseLayout(`dims h = ${size}\nrnn h -> 4*h`);
    expect(goalsOf({ units: { h: share } }, { layout: own, dims: ['h'] })[0]!.target).toBe(target);
  });

  test('counts a network of other sizes, and what one component less saves', () => {
    const [goal] = goalsOf({ macs: 0.5 });
    expect(goal!.cost({ a: 2, b: 3 })).toBe(4 + 6 + 9 + 6);
    expect(goal!.cost({ b: 3 })).toBe(16 + 12 + 9 + 6);
    expect(goal!.price({ a: 4, b: 4 }, 'a')).toBe(56 - (9 + 12 + 16 + 8));
  });

  test('counts dimensions of one size with that of the largest', () => {
    const [goal] = goalsOf({ macs: 0.5, equal: [['a', 'b']] });
    expect(goal!.cost({ a: 1, b: 3 })).toBe(3 * 9 + 6);
    expect(goal!.price({ a: 4, b: 4 }, 'b')).toBe((56 - 33) / 2);
    // One less of the larger saves all of it; one of the smaller waits for a pair.
    expect(goal!.price({ a: 2, b: 4 }, 'b')).toBe(56 - 33);
    expect(goal!.price({ a: 2, b: 4 }, 'a')).toBe((56 - 33) / 2);
    expect(equalSizes({ a: 1, b: 3, c: 2 }, [['a', 'b']])).toEqual({ a: 3, b: 3, c: 2 });
  });

  test('makes one goal of units for dimensions of one size, that of the lower number', () => {
    for (const units of [{ a: 2 }, { a: 2, b: 3 }, { b: 3, a: 2 }, { a: 2, b: 2 }]) {
      const goals = goalsOf({ units, equal: [['a', 'b']] });
      expect(goals).toMatchObject([{ dims: ['a', 'b'], target: 2, unit: 'components of a and b' }]);
      expect(goals[0]!.cost({ a: 1, b: 3 })).toBe(3);
    }
    expect(goalsOf({ units: { a: 2, b: 3 } })).toMatchObject([
      { dims: ['a'], target: 2 },
      { dims: ['b'], target: 3 },
    ]);
  });

  test('names the nearest target to one that cannot be met', () => {
    expect(failure({ macs: 0.05 })).toBe(
      'macs that removing components can meet | 0.05 where one component of each dimension still costs 5 of 56 multiply-adds | take 0.09 or more, or bring more',
    );
    expect(failure({ macs: 9 }, { fewest: { a: 2, b: 2 } })).toContain(
      '9 where a network of a = 2, b = 2 still costs 16 of 56 multiply-adds | take 16 or more',
    );
    // 0.9995 of the whole, whose share would be 1 in three digits.
    const wide = parseLayout('dims a = 1  b = 2\nx  a -> 1999\ny  b -> 1');
    expect(failure({ macs: 0.9 }, { layout: wide })).toContain('take 2000 or more');
    // What was given, not the one component that it comes to.
    expect(failure({ units: { a: 0.3 } }, { fewest: { a: 3, b: 1 } })).toBe(
      'units of "a" that removing components can meet | 0.3 where a network of a = 3 still costs 3 of 4 components of a | take 0.75 or more, or bring more',
    );
    const all = { fewest: { a: 4, b: 4 } };
    expect(failure({ macs: 0.9 }, all)).toContain(
      'still costs 56 of 56 multiply-adds | bring more',
    );
  });

  test.each<[string, CostTarget, string]>([
    ['nothing to count', {}, 'one of macs, parameters, bytes and units | none'],
    ['two things', { macs: 0.5, units: { a: 1 } }, '| macs and units'],
    ['the whole', { macs: 56 }, 'macs below those of the whole network, 56 multiply-adds | 56'],
    ['not a number', { macs: NaN }, 'macs to be a number above 0 | NaN'],
    ['half a unit', { units: { a: 2.5 } }, 'units of "a" to be a share below 1 or a whole number'],
    ['units that are null', { units: null as never }, 'units of at least one dimension | none'],
    ['a share as text', { units: { a: '0.5' as never } }, 'units of "a" to be a number above 0'],
    ['no units', { units: {} }, 'units of at least one dimension | none'],
    ['units of another dimension', { units: { c: 1 } }, 'dimensions at hand (a, b) | "c"'],
    ['a dimension in two lists', { macs: 0.5, equal: [['a'], ['a', 'b']] }, '| a | name those'],
  ])('refuses %s', (_, target, message) => {
    expect(failure(target)).toContain(message);
  });

  test('refuses dimensions that its layout does not have', () => {
    expect(() => goalsOf({ macs: 0.5 }, { dims: ['aa'] })).toThrow(GroupError);
    expect(() => goalsOf({ macs: 0.5 }, { dims: ['aa'] })).toThrow(
      'resolveGoals: expected a dimension of the layout',
    );
  });
});
