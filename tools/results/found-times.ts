import type { Times } from './language-models.ts';
import { measurementsOf, medianOf, oursAmong, timeCell } from './performance.ts';

/** Times of the networks that were found, as the suite `found` of the bench has measured them. */
export function foundTimes(): Times {
  const measurements = measurementsOf('found', ['found']);
  const ours = oursAmong(measurements);
  const nameOf = (units: readonly number[]): string =>
    `(${units.join(', ')}) batch 10 with softmax`;
  const largest = measurements[0]?.case.replace(/ batch .*/, ' batch 10 with softmax');
  return {
    head: ours.map((title) => `ms, ${title}`),
    of: (units) =>
      ours.map((title) =>
        timeCell(
          medianOf(measurements, title, nameOf(units)),
          medianOf(measurements, title, largest!),
        ),
      ),
  };
}
