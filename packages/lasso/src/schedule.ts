import { foundText } from '@secateur/input';
import { argumentError } from './error.ts';

/** A constant, or a function of the number of steps already taken (the first step asks for `0`). */
export type Schedule = number | ((step: number) => number);

/** The value of a schedule at a step, unchecked. */
export function evaluate(schedule: Schedule, step: number): number {
  return typeof schedule === 'function' ? schedule(step) : schedule;
}

/** The value of a schedule at a step; anything but a finite number >= 0 is an error that names `option`. */
export function evaluateChecked(schedule: Schedule, option: string, step: number): number {
  const value = evaluate(schedule, step);
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  const place = typeof schedule === 'function' ? ` from its schedule at step ${step}` : '';
  throw argumentError(
    `groupLasso: expected ${option} to be a finite number >= 0, found ${foundText(value)}${place}; give 0 to switch it off.`,
  );
}
