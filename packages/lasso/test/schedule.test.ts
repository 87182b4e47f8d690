import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decaySchedule,
  linearSchedule,
  stepSchedule,
  warmup,
  type LinearScheduleOptions,
} from '../src/index.ts';

describe('linearSchedule', () => {
  test('stays, ramps, stays', () => {
    const at = linearSchedule({ from: 1, to: 3, steps: 4, start: 10 });
    expect([0, 10, 11, 12, 14, 100].map(at)).toEqual([1, 1, 1.5, 2, 3, 3]);
  });

  test('never leaves the range of its ends', () => {
    const options = fc.record({
      from: fc.double({ min: 0, max: 10, noNaN: true }),
      to: fc.double({ min: 0, max: 10, noNaN: true }),
      steps: fc.integer({ min: 1, max: 1000 }),
      start: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(options, fc.nat(3000), (o: LinearScheduleOptions, step) => {
        const value = linearSchedule(o)(step);
        const slack = 1e-12;
        expect(value).toBeGreaterThanOrEqual(Math.min(o.from, o.to) - slack);
        expect(value).toBeLessThanOrEqual(Math.max(o.from, o.to) + slack);
      }),
    );
  });

  test('refuses a ramp of no steps', () => {
    expect(() => linearSchedule({ from: 0, to: 1, steps: 0 })).toThrow(
      'linearSchedule: expected steps to be a whole number of steps >= 1, found 0; round it.',
    );
    expect(() => linearSchedule({ from: NaN, to: 1, steps: 3 })).toThrow(
      'expected from to be a finite number, found NaN',
    );
  });
});

describe('stepSchedule', () => {
  test('holds each value until the next piece', () => {
    const at = stepSchedule([
      [0, 0],
      [3, 2],
      [5, 1],
    ]);
    expect([0, 2, 3, 4, 5, 99].map(at)).toEqual([0, 0, 2, 2, 1, 1]);
  });

  test('refuses pieces that do not ascend from 0', () => {
    expect(() => stepSchedule([])).toThrow('the first starts at step 0');
    expect(() => stepSchedule([[4, 1]])).toThrow('the first starts at step 0');
    expect(() =>
      stepSchedule([
        [0, 1],
        [5, 2],
        [5, 3],
      ]),
    ).toThrow('stepSchedule: expected ascending steps, found 5 after 5');
  });
});

test('decaySchedule is a staircase', () => {
  const at = decaySchedule({ initial: 8, factor: 0.5, every: 3 });
  expect([0, 2, 3, 5, 6].map(at)).toEqual([8, 8, 4, 4, 2]);
  expect(() => decaySchedule({ initial: 1, factor: 0.5, every: 1.5 })).toThrow(
    'decaySchedule: expected every to be a whole number of steps >= 1, found 1.5',
  );
});

test('warmup grows a constant or a schedule from 0', () => {
  expect([0, 1, 4, 9].map(warmup(2, 4))).toEqual([0, 0.5, 2, 2]);
  const halved = decaySchedule({ initial: 2, factor: 0.5, every: 2 });
  expect([0, 1, 2, 4].map(warmup(halved, 4))).toEqual([0, 0.5, 0.5, 0.5]);
  expect(() => warmup(1, -1)).toThrow('warmup: expected steps');
});
