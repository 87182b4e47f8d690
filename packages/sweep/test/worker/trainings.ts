import { join } from 'node:path';
import { sourceCommand } from '@secateur/testing/command';
import { expandSweep } from '../../src/spec/expand-sweep.ts';
import { parseSweep } from '../../src/spec/parse-sweep.ts';
import type { TrialSpec } from '../../src/spec/trial-spec.ts';

/** A sweep of real trainings of 40 steps, by one of the loops of these tests. */
export const rates = (name: string, rate: readonly number[], loop = '../own-loop'): string =>
  JSON.stringify({
    name,
    command: sourceCommand(join(import.meta.dirname, `${loop}.ts`), '{run}', '{rate}'),
    settings: { rate },
    retries: 1,
  });

/** Its trials. */
export const ratesTrials = (...args: Parameters<typeof rates>): TrialSpec[] =>
  expandSweep(parseSweep(rates(...args)));
