import type { GroupSet, Slice } from '@secateur/groups';
import { expectAllClose, finiteDifference } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import {
  LassoError,
  penalty,
  penaltySubgradient,
  proximalStep,
  type PlainWeights,
} from '../src/index.ts';
import { groups, noise, rows, shapes } from './helpers.ts';

/** One matrix as weights. */
const matrix = (values: number[][]): PlainWeights => ({
  w: { shape: [values.length, values[0]!.length], data: values.flat() },
});

/** The stacked LSTM of the helpers, filled from one list of numbers. */
function stack(flat: Float64Array): PlainWeights {
  let next = 0;
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, data: flat.subarray(next, (next += size)) }];
    }),
  );
}

const flat = Float64Array.from(
  noise(
    Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0),
    7,
  ),
);

describe('penalty', () => {
  test('is lambda times the sum of the norms of all groups', () => {
    // Rows of norms 5 and 13; counted twice, a norm grows by the root of 2.
    const weights = matrix([
      [3, -4],
      [5, 12],
    ]);
    expect(penalty(weights, rows('w', 2), 0.5)).toBe(9);
    expect(penalty(weights, rows('w', 1), 2)).toBe(10);
    expectAllClose(penalty(weights, rows('w', 2, 2), 0.5), 9 * Math.SQRT2);
    expectAllClose(penalty(weights, rows('w', 1), 1, 11), 6);
  });

  test('counts the entry that a row and a column of one component share twice', () => {
    const slice = { weight: 'w', start: 0, multiplier: 1 };
    const cross: GroupSet[] = [
      {
        name: 'h',
        count: 1,
        slices: [
          { ...slice, axis: 0 },
          { ...slice, axis: 1 },
        ],
      },
    ];
    // 2 + 2 + 4 + 1 under the root.
    const weights = matrix([
      [Math.SQRT2, 2],
      [1, 9],
    ]);
    expectAllClose(penalty(weights, cross, 1), 3);
  });

  test('names a weight that is missing and one that is too small', () => {
    expect(() => penalty(matrix([[1]]), rows('v', 1), 1)).toThrow(LassoError);
    expect(() => penalty(matrix([[1]]), rows('w', 2), 1)).toThrow(
      'penalty: expected weight "w" to have indices 0 to 1 on axis 0 (group set "rows"), found shape [1, 1]',
    );
  });
});

describe('penaltySubgradient', () => {
  test('is the gradient of the penalty, by finite differences', () => {
    const epsilon = 1e-8;
    const of = (x: Float64Array): number => penalty(stack(x), groups, 0.3, epsilon);
    const actual = Object.values(penaltySubgradient(stack(flat), groups, 0.3, epsilon));
    expectAllClose(
      actual.flatMap((values) => [...values]),
      finiteDifference(of, flat),
      { rtol: 1e-6, atol: 1e-8 },
    );
  });

  test('of a zero group is zero', () => {
    expect([...penaltySubgradient(matrix([[0, 0]]), rows('w', 1), 1)['w']!]).toEqual([0, 0]);
  });
});

describe('proximalStep', () => {
  test('shortens a group by the amount, and makes one that is no longer zero', () => {
    const weights = matrix([
      [3, -4],
      [0.3, 0.4],
      [0, 0],
    ]);
    expectAllClose(proximalStep(weights, rows('w', 3), 1)['w']!, [2.4, -3.2, 0, 0, 0, 0]);
    expect([...proximalStep(weights, rows('w', 3), 5)['w']!].map(Math.abs)).toEqual(
      new Array<number>(6).fill(0),
    );
  });

  test('solves min over x of ||x - w||^2 / 2 + amount * Omega(x): x - w + amount * dOmega(x) = 0', () => {
    const weights = { w: { shape: [4, 5], data: noise(20, 3) } };
    const amount = 0.4;
    const data = proximalStep(weights, rows('w', 4), amount)['w']!;
    const slope = penaltySubgradient({ w: { shape: [4, 5], data } }, rows('w', 4), amount, 1e-30);
    expectAllClose(
      slope['w']!.map((value, i) => value + data[i]!),
      weights.w.data,
      { rtol: 1e-12, atol: 1e-12 },
    );
  });
});

describe('what none of the three takes', () => {
  // Rows of the norms 5 and 10.
  const weights = matrix([
    [3, 4],
    [6, 8],
  ]);
  const set = (slice: Partial<Slice>): GroupSet[] => [
    { name: 'r', count: 2, slices: [{ weight: 'w', axis: 0, start: 0, multiplier: 1, ...slice }] },
  ];
  const all = { penalty, penaltySubgradient, proximalStep };
  const given = (data: number[]): PlainWeights => ({ w: { shape: [2, 2], data } });
  const none = undefined as unknown as number;

  test('and what they do', () => {
    expect(penalty(weights, set({}), 1)).toBe(15);
  });

  test.each<[string, PlainWeights, GroupSet[], number, string]>([
    ['a start below 0', weights, set({ start: -1 }), 1, 'start >= 0, multiplier > 0 }, found'],
    ['half a start', weights, set({ start: 0.5 }), 1, 'start >= 0, multiplier > 0 }, found'],
    ['no multiplier', weights, set({ multiplier: none }), 1, 'multiplier > 0 }, found {"weight"'],
    ['a multiplier below 0', weights, set({ multiplier: -1 }), 1, '"multiplier":-1} in group set'],
    ['no groups', weights, [], 1, 'expected a list of at least one group set, found none'],
    ['too many numbers', given([3, 4, 6, 8, 100]), set({}), 1, 'expected 4 numbers in weight "w"'],
    ['too few numbers', given([3, 4, 6]), set({}), 1, 'of shape [2, 2], found 3; check how it was'],
    ['an amount below 0', weights, set({}), -5, 'to be a finite number >= 0, found -5; give 0 for'],
    ['NaN', weights, set({}), NaN, 'to be a finite number >= 0, found NaN'],
    ['a text', weights, set({}), '1' as unknown as number, 'finite number >= 0, found "1"'],
  ])('%s', (_, at, groups, number, message) => {
    for (const [name, run] of Object.entries(all)) {
      expect(() => run(at, groups, number)).toThrow(LassoError);
      expect(() => run(at, groups, number)).toThrow(`${name}: expected `);
      expect(() => run(at, groups, number)).toThrow(message);
    }
  });

  test('an epsilon below 0', () => {
    for (const run of [penalty, penaltySubgradient]) {
      expect(() => run(weights, set({}), 1, -1e-8)).toThrow('epsilon to be a finite number >= 0');
    }
  });
});
