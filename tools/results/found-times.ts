import { PAPER_PASS, passName } from '../bench/passes.ts';
import { titleOf } from '../bench/process/measure.ts';
import type { Times } from './language-models.ts';
import { measurementsOf, oursAmong, timeCells } from './performance.ts';

/** Times of the networks that were found, as the suite `found` of the bench has measured them, the largest first. */
export function foundTimes(): Times {
  const measurements = measurementsOf('found', ['found']);
  const ours = oursAmong(measurements);
  const ending = passName('', PAPER_PASS);
  const largest = measurements.find((one) => one.case.endsWith(ending))?.case ?? '';
  return {
    head: ours.map((one) => `ms, ${titleOf(one)}`),
    of: (units) =>
      timeCells(measurements, ours, passName(`(${units.join(', ')})`, PAPER_PASS), largest),
  };
}
