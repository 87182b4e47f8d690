import { descriptionOf } from './described-schedule.ts';
import { optimizerError } from './error.ts';
import type { Schedule } from './schedule.ts';
import {
  exponentialDecay,
  joinSchedules,
  linearSchedule,
  piecewiseConstantSchedule,
  warmupConstantSchedule,
} from './schedules.ts';

const makers: Readonly<Record<string, (...given: never[]) => Schedule>> = {
  linearSchedule,
  warmupConstantSchedule,
  exponentialDecay,
  piecewiseConstantSchedule,
  joinSchedules,
};

/**
 * Puts a schedule into JSON: a constant as it is, one of this package as the name of its function and what that was
 * given. Any other function has no form in JSON and becomes null, also inside `joinSchedules`.
 */
export function writeSchedule(schedule: unknown): unknown {
  if (Array.isArray(schedule)) {
    const list = schedule.map(writeSchedule);
    return list.includes(null) ? null : list;
  }
  if (typeof schedule !== 'function') return schedule;
  const description = descriptionOf(schedule as (step: number) => number);
  const given = description && writeSchedule(description.given);
  return given == null ? null : { schedule: description!.schedule, given };
}

/** Makes the schedule that {@link writeSchedule} wrote; what is none of these is returned as it is. */
export function readSchedule(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readSchedule);
  if (typeof value !== 'object' || value === null || !('schedule' in value)) return value;
  const { schedule, given } = value as { schedule: unknown; given?: unknown };
  const make = Object.hasOwn(makers, String(schedule)) ? makers[String(schedule)] : undefined;
  if (make === undefined || !Array.isArray(given)) {
    throw optimizerError(
      `fromConfig: expected a schedule made by ${Object.keys(makers).join(', ')}, found ${JSON.stringify(value)}; was it saved by a newer version?`,
    );
  }
  return make(...(given.map(readSchedule) as never[]));
}
