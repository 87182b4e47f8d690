import { expect, test } from 'vitest';
import { isTimeToCompact } from '../src/penalty.ts';

const gone = { budgetState: { amounts: { h1: [0.1, 0.2], h2: [0, -1] } } };
const penalized = { budgetState: { amounts: { h1: [0.1, 0.2], h2: [0, 0] } } };
const early = { budgetState: { amounts: null } };
const without = { budgetState: undefined };

test('what a budget has made go is taken out every so many steps', () => {
  expect(
    [49, 50, 51, 100].map((step) => isTimeToCompact(gone, { compactSteps: 50 }, step)),
  ).toEqual([false, true, false, true]);
});

test('nothing is taken out by steps where nothing has gone, or where it is not to be', () => {
  for (const optimizer of [penalized, early, without]) {
    expect(isTimeToCompact(optimizer, { compactSteps: 50 }, 50)).toBe(false);
  }
  expect(isTimeToCompact(gone, { compactSteps: 0 }, 50)).toBe(false);
});
