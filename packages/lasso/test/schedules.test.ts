import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  exponentialDecay,
  joinSchedules,
  LassoError,
  linearSchedule,
  piecewiseConstantSchedule,
  warmupConstantSchedule,
  type LinearScheduleOptions,
} from '../src/index.ts';

describe('linearSchedule', () => {
  test('stays, ramps, stays', () => {
    const at = linearSchedule({
      initValue: 1,
      endValue: 3,
      transitionSteps: 4,
      transitionBegin: 10,
    });
    expect([0, 10, 11, 12, 14, 100].map(at)).toEqual([1, 1, 1.5, 2, 3, 3]);
  });

  test('never leaves the range of its ends', () => {
    const options = fc.record({
      initValue: fc.double({ min: 0, max: 10, noNaN: true }),
      endValue: fc.double({ min: 0, max: 10, noNaN: true }),
      transitionSteps: fc.double({ min: 0.1, max: 1000, noNaN: true }),
      transitionBegin: fc.integer({ min: -10, max: 1000 }),
    });
    fc.assert(
      fc.property(options, fc.nat(3000), (o: LinearScheduleOptions, step) => {
        const value = linearSchedule(o)(step);
        const slack = 1e-12;
        expect(value).toBeGreaterThanOrEqual(Math.min(o.initValue, o.endValue) - slack);
        expect(value).toBeLessThanOrEqual(Math.max(o.initValue, o.endValue) + slack);
      }),
    );
  });

  test('refuses a ramp of no steps', () => {
    expect(() => linearSchedule({ initValue: 0, endValue: 1, transitionSteps: 0 })).toThrow(
      'linearSchedule: expected transitionSteps to be a finite number > 0, found 0; a schedule that does not change is its value.',
    );
    expect(() => linearSchedule({ initValue: NaN, endValue: 1, transitionSteps: 3 })).toThrow(
      'linearSchedule: expected initValue to be a finite number, found NaN; give one.',
    );
  });
});

test('warmupConstantSchedule grows from 0, or another value, to its peak', () => {
  expect([0, 1, 4, 9].map(warmupConstantSchedule({ peakValue: 2, warmupSteps: 4 }))).toEqual([
    0, 0.5, 2, 2,
  ]);
  const options = { initValue: 1, peakValue: 2, warmupSteps: 0.5 };
  expect([0, 0.25, 1].map(warmupConstantSchedule(options))).toEqual([1, 1.5, 2]);
  expect(() => warmupConstantSchedule({ peakValue: 1, warmupSteps: -1 })).toThrow(
    'warmupConstantSchedule: expected warmupSteps',
  );
});

describe('exponentialDecay', () => {
  const options = { initValue: 8, decayRate: 0.5, transitionSteps: 2 };

  test('halves the value in so many steps', () => {
    expect([0, 1, 2, 6].map(exponentialDecay(options))).toEqual([8, 8 * Math.SQRT1_2, 4, 1]);
  });

  test('falls in a staircase, from where it begins', () => {
    const staircase = { ...options, staircase: true };
    expect([0, 1, 2, 3, 4].map(exponentialDecay(staircase))).toEqual([8, 8, 4, 4, 2]);
    const late = exponentialDecay({ ...staircase, transitionBegin: 3 });
    expect([0, 3, 4, 5, 7].map(late)).toEqual([8, 8, 8, 4, 2]);
    expect(exponentialDecay({ ...staircase, transitionBegin: -2 })(0)).toBe(4);
  });

  test('refuses a decay in no steps', () => {
    expect(() => exponentialDecay({ ...options, transitionSteps: NaN })).toThrow(
      'exponentialDecay: expected transitionSteps to be a finite number > 0, found NaN',
    );
  });

  test('refuses a rate below 0, which has no half of a period, and takes 0', () => {
    expect(() => exponentialDecay({ ...options, decayRate: -0.5 })).toThrow(
      'exponentialDecay: expected decayRate to be a finite number >= 0, found -0.5; a rate below 0 has no power of half a period.',
    );
    expect([0, 1].map(exponentialDecay({ ...options, decayRate: 0 }))).toEqual([8, 0]);
  });
});

test('piecewiseConstantSchedule is multiplied at each boundary', () => {
  const at = piecewiseConstantSchedule(1, { 10: 0.5, 3: 2 });
  expect([0, 2, 3, 9, 10, 99].map(at)).toEqual([1, 1, 2, 2, 1, 1]);
  expect(() => piecewiseConstantSchedule(1, { 3: NaN })).toThrow(
    'piecewiseConstantSchedule: expected the scale at 3 to be a finite number, found NaN',
  );
});

describe('joinSchedules', () => {
  test('asks each schedule with the steps since its beginning', () => {
    const ramp = linearSchedule({ initValue: 0, endValue: 4, transitionSteps: 4 });
    const at = joinSchedules([7, ramp, 1], [2, 5]);
    expect([0, 1, 2, 4, 5, 9].map(at)).toEqual([7, 7, 0, 2, 1, 1]);
  });

  test.each([
    [[1], [2]],
    [
      [1, 2, 3],
      [5, 5],
    ],
  ])('refuses the schedules %j with the boundaries %j', (schedules, boundaries) => {
    expect(() => joinSchedules(schedules, boundaries)).toThrow(
      `joinSchedules: expected one schedule more than ascending boundaries, found ${schedules.length} schedules and [${boundaries.join(', ')}]; give the step at which each but the first begins.`,
    );
  });

  test.each<[unknown[], unknown[], string]>([
    [[0, 0.01], [NaN], 'boundary 1 to be a finite number, found NaN; give one.'],
    [[0, 0.01], [undefined], 'boundary 1 to be a finite number, found undefined'],
    [[0, 0.01], ['10'], 'boundary 1 to be a finite number, found "10"'],
    [[0, undefined], [10], 'schedule 2 to be a finite number, found undefined; give a number or a'],
    [[NaN, 1], [10], 'schedule 1 to be a finite number, found NaN'],
  ])('refuses the schedules %j with the boundaries %j, which are no numbers', (...given) => {
    const [schedules, boundaries, message] = given;
    const join = (): unknown => joinSchedules(schedules as number[], boundaries as number[]);
    expect(join).toThrow(LassoError);
    expect(join).toThrow(`joinSchedules: expected ${message}`);
  });
});
