import { describeSchedule } from './described-schedule.ts';
import { LassoError } from './error.ts';

/** A constant, or a function of the number of steps already taken (the first step asks for `0`). */
export type Schedule = number | ((step: number) => number);

/** Options of {@link linearSchedule}. */
export interface LinearScheduleOptions {
  /** Value up to and including step `start`. */
  readonly from: number;
  /** Value from step `start + steps` on. */
  readonly to: number;
  /** How many steps the way from `from` to `to` takes. */
  readonly steps: number;
  /** The step at which the ramp begins; 0 if left out. */
  readonly start?: number;
}

/** Returns a schedule that goes from one value to another in a straight line and stays there. */
export function linearSchedule(options: LinearScheduleOptions): (step: number) => number {
  const { from, to, steps, start = 0 } = options;
  checkNumber('linearSchedule', 'from', from);
  checkNumber('linearSchedule', 'to', to);
  checkCount('linearSchedule', 'steps', steps, 1);
  checkCount('linearSchedule', 'start', start, 0);
  const given = [{ from, to, steps, start }];
  return describeSchedule({ schedule: 'linearSchedule', given }, (step) => {
    const part = Math.min(1, Math.max(0, (step - start) / steps));
    return part === 1 ? to : from + (to - from) * part;
  });
}

/**
 * Returns a schedule that jumps: `stepSchedule([[0, 0], [1000, 0.002]])` is 0 for the first 1000 steps and 0.002
 * after them. The steps must ascend from 0.
 */
export function stepSchedule(
  pieces: readonly (readonly [number, number])[],
): (step: number) => number {
  if (!Array.isArray(pieces) || pieces[0]?.[0] !== 0) {
    throw new LassoError(
      'stepSchedule: expected pieces [step, value] of which the first starts at step 0, found none there; say what the value is from step 0.',
    );
  }
  pieces.forEach(([start, value], i) => {
    checkCount('stepSchedule', `start of piece ${i}`, start, 0);
    checkNumber('stepSchedule', `value of piece ${i}`, value);
    if (i > 0 && start <= pieces[i - 1]![0]) {
      throw new LassoError(
        `stepSchedule: expected ascending steps, found ${start} after ${pieces[i - 1]![0]}; sort the pieces and keep one a step.`,
      );
    }
  });
  const given = [pieces.map(([start, value]) => [start, value])];
  return describeSchedule({ schedule: 'stepSchedule', given }, (step) => {
    let value = pieces[0]![1];
    for (const piece of pieces) if (step >= piece[0]) value = piece[1];
    return value;
  });
}

/** Options of {@link decaySchedule}. */
export interface DecayScheduleOptions {
  /** Value of the first `every` steps. */
  readonly initial: number;
  /** What the value is multiplied by each time. */
  readonly factor: number;
  /** Steps between two multiplications. */
  readonly every: number;
}

/** Returns `initial * factor ^ floor(step / every)`, the staircase of the paper's learning rate (0.1 each 18 epochs). */
export function decaySchedule(options: DecayScheduleOptions): (step: number) => number {
  const { initial, factor, every } = options;
  checkNumber('decaySchedule', 'initial', initial);
  checkNumber('decaySchedule', 'factor', factor);
  checkCount('decaySchedule', 'every', every, 1);
  const given = [{ initial, factor, every }];
  return describeSchedule(
    { schedule: 'decaySchedule', given },
    (step) => initial * factor ** Math.floor(step / every),
  );
}

/** Returns `schedule` multiplied by a ramp that grows from 0 at step 0 to 1 at step `steps`. */
export function warmup(schedule: Schedule, steps: number): (step: number) => number {
  checkCount('warmup', 'steps', steps, 1);
  return describeSchedule(
    { schedule: 'warmup', given: [schedule, steps] },
    (step) => (step >= steps ? 1 : step / steps) * evaluate(schedule, step),
  );
}

/** The value of a schedule at a step, unchecked. */
function evaluate(schedule: Schedule, step: number): number {
  return typeof schedule === 'function' ? schedule(step) : schedule;
}

/** The value of a schedule at a step; anything but a finite number >= 0 is an error that names `option`. */
export function evaluateChecked(schedule: Schedule, option: string, step: number): number {
  const value = evaluate(schedule, step);
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  const place = typeof schedule === 'function' ? ` from its schedule at step ${step}` : '';
  throw new LassoError(
    `groupLasso: expected ${option} to be a finite number >= 0, found ${String(value)}${place}; give 0 to switch it off.`,
  );
}

function checkNumber(where: string, what: string, value: number): void {
  if (typeof value === 'number' && Number.isFinite(value)) return;
  throw new LassoError(
    `${where}: expected ${what} to be a finite number, found ${String(value)}; give one.`,
  );
}

function checkCount(where: string, what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new LassoError(
    `${where}: expected ${what} to be a whole number of steps >= ${least}, found ${String(value)}; round it.`,
  );
}
