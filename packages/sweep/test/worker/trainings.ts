import { join } from 'node:path';
import { sourceCommand } from '@secateur/testing/command';
import { expandSweep } from '../../src/spec/expand-sweep.ts';
import { parseSweep } from '../../src/spec/parse-sweep.ts';
import type { TrialSpec } from '../../src/spec/trial-spec.ts';

/** A sweep of real trainings of 40 steps, which `test/own-loop.ts` does. */
export function rates(name: string, rates: readonly number[], pause = 0): string {
  return JSON.stringify({
    name,
    command: sourceCommand(
      join(import.meta.dirname, '../own-loop.ts'),
      '{run}',
      '{rate}',
      '{pause}',
    ),
    settings: { rate: rates, pause },
    retries: 1,
  });
}

/** Its trials. */
export const ratesTrials = (...args: Parameters<typeof rates>): TrialSpec[] =>
  expandSweep(parseSweep(rates(...args)));
