import { foundCases, type Kind } from '../bench/found/networks.ts';
import { networkName } from '../bench/infer/networks.ts';
import { PAPER_PASS, passName } from '../bench/passes.ts';
import { titleOf } from '../bench/process/measure.ts';
import type { Times } from './language-models.ts';
import { measurementsOf, oursAmong, timeCells } from './performance.ts';

/**
 * Times of the networks of one kind that were found, as the suite `found` of the bench has measured them, the largest first.
 * The table has many columns, so it takes only what a user gets unasked: all threads.
 */
export function foundTimes(kind: Kind): Times {
  const measurements = measurementsOf('found', ['found']);
  const threads = Math.max(...measurements.map((one) => one.threads));
  const ours = oursAmong(measurements).filter((one) => one.threads === threads);
  const largest = foundCases(measurements, kind)[0] ?? '';
  return {
    head: ours.map((one) => `ms, ${titleOf(one)}`),
    of: ([first, second]) => {
      const name = passName(networkName({ kind, hidden: [first!, second!] }), PAPER_PASS);
      return timeCells(measurements, ours, name, largest);
    },
  };
}
