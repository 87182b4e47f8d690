import { checkOptions } from '@secateur/input';
import { checkNumber, type Bound } from './check-number.ts';
import { describeSchedule } from './described-schedule.ts';
import { argumentError } from './error.ts';
import { evaluate, type Schedule } from './schedule.ts';

/*
 * Schedules under the names that optax has for them. They count steps, or whatever else they are asked with, such as epochs: the
 * numbers need not be whole.
 */

/** Options of {@link linearSchedule}. */
export interface LinearScheduleOptions {
  /** Value up to and including `transitionBegin`. */
  readonly initValue: number;
  /** Value from `transitionBegin + transitionSteps` on. */
  readonly endValue: number;
  /** How many steps the way from one to the other takes. */
  readonly transitionSteps: number;
  /** The step at which it begins; default 0. */
  readonly transitionBegin?: number;
}

/**
 * Returns a schedule that goes from one value to another in a straight line and stays there: optax's `linear_schedule`.
 *
 * @example
 * ```ts
 * import { linearSchedule } from '@secateur/lasso';
 *
 * const lambda = linearSchedule({ initValue: 1, endValue: 0, transitionSteps: 200 });
 * [0, 50, 100, 200, 300].map(lambda); // => [1, 0.75, 0.5, 0, 0]
 * ```
 */
export function linearSchedule(options: LinearScheduleOptions): (step: number) => number {
  const where = 'linearSchedule';
  const names = {
    initValue: true,
    endValue: true,
    transitionSteps: true,
    transitionBegin: true,
  } as const;
  checkOptions(where, options, names, argumentError);
  const { initValue, endValue, transitionSteps, transitionBegin = 0 } = options;
  checkNumbers(where, { initValue, endValue, transitionBegin });
  checkSteps(where, { transitionSteps });
  return describeSchedule({ schedule: where, given: [{ ...options }] }, (step) => {
    const part = Math.min(1, Math.max(0, (step - transitionBegin) / transitionSteps));
    return initValue * (1 - part) + endValue * part;
  });
}

/** Options of {@link warmupConstantSchedule}. */
export interface WarmupConstantScheduleOptions {
  /** Value at step 0; default 0. */
  readonly initValue?: number;
  /** Value from step `warmupSteps` on. */
  readonly peakValue: number;
  /** How many steps the warmup takes. */
  readonly warmupSteps: number;
}

/**
 * Returns a schedule that grows in a straight line and stays at its peak: optax's `warmup_constant_schedule`.
 *
 * @example
 * ```ts
 * import { warmupConstantSchedule } from '@secateur/lasso';
 *
 * const lambda = warmupConstantSchedule({ peakValue: 0.5, warmupSteps: 1000 });
 * [0, 500, 1000, 2000].map(lambda); // => [0, 0.25, 0.5, 0.5]
 * ```
 */
export function warmupConstantSchedule(
  options: WarmupConstantScheduleOptions,
): (step: number) => number {
  const where = 'warmupConstantSchedule';
  const names = { initValue: true, peakValue: true, warmupSteps: true } as const;
  checkOptions(where, options, names, argumentError);
  const { initValue = 0, peakValue, warmupSteps } = options;
  checkNumbers(where, { initValue, peakValue });
  checkSteps(where, { warmupSteps });
  return describeSchedule(
    { schedule: where, given: [{ ...options }] },
    linearSchedule({ initValue, endValue: peakValue, transitionSteps: warmupSteps }),
  );
}

/** Options of {@link exponentialDecay}. */
export interface ExponentialDecayOptions {
  /** Value up to and including `transitionBegin`. */
  readonly initValue: number;
  /** Steps in which the value is multiplied by `decayRate` once. */
  readonly transitionSteps: number;
  /** What the value is multiplied by, at least 0. */
  readonly decayRate: number;
  /** The step at which the decay begins, which may be before the first; default 0. */
  readonly transitionBegin?: number;
  /** Whether the value falls in steps, once in `transitionSteps`, or all the time; default false. */
  readonly staircase?: boolean;
}

/**
 * Returns `initValue * decayRate ^ ((step - transitionBegin) / transitionSteps)`, with the exponent rounded down in a staircase:
 * optax's `exponential_decay`. The paper's language model has the staircase, 0.1 each 18 epochs.
 *
 * @example
 * ```ts
 * import { exponentialDecay } from '@secateur/lasso';
 *
 * const decay = { initValue: 8, decayRate: 0.25, transitionSteps: 10 };
 * [0, 5, 10, 20].map(exponentialDecay(decay)); // => [8, 4, 2, 0.5]
 * [0, 5, 10, 20].map(exponentialDecay({ ...decay, staircase: true })); // => [8, 8, 2, 0.5]
 * ```
 */
export function exponentialDecay(options: ExponentialDecayOptions): (step: number) => number {
  const where = 'exponentialDecay';
  const names = {
    initValue: true,
    transitionSteps: true,
    decayRate: true,
    transitionBegin: true,
    staircase: true,
  } as const;
  checkOptions(where, options, names, argumentError);
  const { initValue, transitionSteps, decayRate, transitionBegin = 0, staircase = false } = options;
  checkNumbers(where, { initValue, transitionBegin });
  checkNumbers(where, { decayRate }, { least: 0 }, 'a rate below 0 has no power of half a period');
  checkSteps(where, { transitionSteps });
  return describeSchedule({ schedule: where, given: [{ ...options }] }, (step) => {
    const times = Math.max(0, step - transitionBegin) / transitionSteps;
    return initValue * decayRate ** (staircase ? Math.floor(times) : times);
  });
}

/**
 * Returns a schedule that is multiplied by a scale at each boundary and stays there: optax's `piecewise_constant_schedule`.
 *
 * @param boundariesAndScales - By step: `{ 1000: 0.1 }` makes a tenth of the value from step 1000 on.
 *
 * @example
 * ```ts
 * import { piecewiseConstantSchedule } from '@secateur/lasso';
 *
 * const rate = piecewiseConstantSchedule(1, { 1000: 0.5, 2000: 0.5 });
 * [999, 1000, 1999, 2000].map(rate); // => [1, 0.5, 0.5, 0.25]
 * ```
 */
export function piecewiseConstantSchedule(
  initValue: number,
  boundariesAndScales: Readonly<Record<number, number>>,
): (step: number) => number {
  const where = 'piecewiseConstantSchedule';
  checkNumbers(where, { initValue });
  const pieces = Object.entries(boundariesAndScales).map(([boundary, scale]) => {
    checkNumbers(where, { boundary: Number(boundary), [`the scale at ${boundary}`]: scale });
    return [Number(boundary), scale] as const;
  });
  return describeSchedule(
    { schedule: where, given: [initValue, { ...boundariesAndScales }] },
    (step) =>
      pieces.reduce(
        (value, [boundary, scale]) => (step >= boundary ? value * scale : value),
        initValue,
      ),
  );
}

/**
 * Returns one schedule after the other, each asked with the steps since its beginning: optax's `join_schedules`.
 * `joinSchedules([0, 0.002], [1000])` is 0 for the first 1000 steps and 0.002 after them.
 *
 * @param boundaries - The steps at which each schedule but the first begins, ascending.
 *
 * @example
 * ```ts
 * import { joinSchedules, linearSchedule } from '@secateur/lasso';
 *
 * const down = linearSchedule({ initValue: 1, endValue: 0, transitionSteps: 100 });
 * const lambda = joinSchedules([0.5, down], [1000]); // constant until it starts
 * [999, 1000, 1050, 1100].map(lambda); // => [0.5, 1, 0.5, 0]
 * ```
 */
export function joinSchedules(
  schedules: readonly Schedule[],
  boundaries: readonly number[],
): (step: number) => number {
  const where = 'joinSchedules';
  const ascending = boundaries.every((step, i) => i === 0 || step > boundaries[i - 1]!);
  if (schedules.length !== boundaries.length + 1 || !ascending) {
    throw argumentError(
      `${where}: expected one schedule more than ascending boundaries, found ${schedules.length} schedules and [${boundaries.join(', ')}]; give the step at which each but the first begins.`,
    );
  }
  for (const [i, step] of boundaries.entries()) {
    checkNumber(where, `boundary ${i + 1}`, step, {}, 'give one');
  }
  for (const [i, schedule] of schedules.entries()) {
    if (typeof schedule === 'function') continue;
    checkNumber(where, `schedule ${i + 1}`, schedule, {}, 'give a number or a function');
  }
  const given = [[...schedules], [...boundaries]];
  return describeSchedule({ schedule: where, given }, (step) => {
    const passed = boundaries.filter((boundary) => step >= boundary);
    return evaluate(schedules[passed.length]!, step - (passed.at(-1) ?? 0));
  });
}

function checkNumbers(
  where: string,
  values: Readonly<Record<string, unknown>>,
  bound: Bound = {},
  advice = 'give one',
): void {
  for (const [name, value] of Object.entries(values)) {
    checkNumber(where, name, value, bound, advice);
  }
}

function checkSteps(where: string, steps: Readonly<Record<string, unknown>>): void {
  checkNumbers(where, steps, { above: 0 }, 'a schedule that does not change is its value');
}
