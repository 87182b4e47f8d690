import { PAPER_PASS, passName } from '../bench/passes.ts';
import { titleOf } from '../bench/process/measure.ts';
import type { Times } from './language-models.ts';
import { measurementsOf, oursAmong, timeCells } from './performance.ts';

/**
 * Times of the networks that were found, as the suite `found` of the bench has measured them, the largest first. The table has
 * many columns, so it takes only what a user gets unasked: all threads.
 */
export function foundTimes(): Times {
  const measurements = measurementsOf('found', ['found']);
  const threads = Math.max(...measurements.map((one) => one.threads));
  const ours = oursAmong(measurements).filter((one) => one.threads === threads);
  const ending = passName('', PAPER_PASS);
  const largest = measurements.find((one) => one.case.endsWith(ending))?.case ?? '';
  return {
    head: ours.map((one) => `ms, ${titleOf(one)}`),
    of: (units) =>
      timeCells(measurements, ours, passName(`(${units.join(', ')})`, PAPER_PASS), largest),
  };
}
