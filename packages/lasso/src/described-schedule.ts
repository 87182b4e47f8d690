/** How a schedule of this package was made: a function of this package and what it was given. */
export interface ScheduleDescription {
  readonly schedule: string;
  readonly given: readonly unknown[];
}

// A function has no text that JSON could keep, so those that this package makes are remembered here.
const descriptions = new WeakMap<object, ScheduleDescription>();

/** Remembers how a schedule was made, and returns it. */
export function describeSchedule(
  description: ScheduleDescription,
  schedule: (step: number) => number,
): (step: number) => number {
  descriptions.set(schedule, description);
  return schedule;
}

/** How a schedule was made; undefined for one that is not of this package. */
export function descriptionOf(schedule: (step: number) => number): ScheduleDescription | undefined {
  return descriptions.get(schedule);
}
