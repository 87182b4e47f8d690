import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '@secateur/training/run';
import type { TrialRecord } from '../search/read-trials.ts';
import type { TrialStore } from '../store/trial-store.ts';
import { reportPage } from './page.ts';
import { hrefOf } from './serve.ts';
import { pageState } from './state.ts';
import { readReport, reportName } from './trial-report.ts';

/**
 * Writes the page of a sweep to a file, and the reports of its finished trials into a folder beside it: `page.html` and
 * `page.trials`. Returns the folder.
 */
export async function writeSweepReport(
  file: string,
  name: string,
  store: TrialStore,
  trials: readonly TrialRecord[],
): Promise<string> {
  const folder = `${basename(file).replace(/\.html?$/, '')}.trials`;
  const state = pageState(trials, hrefOf(folder));
  const beside = join(dirname(file), folder);
  for (const trial of trials) {
    if (trial.state !== 'done') continue;
    const own = join(beside, trial.spec.id);
    mkdirSync(own, { recursive: true });
    writeFileAtomic(join(own, reportName(trial)), await readReport(store, trial));
  }
  writeFileAtomic(file, reportPage(name, state));
  return beside;
}
