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
 *
 * @example
 * ```ts
 * import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { expandSweep, openStore, readTrials, writeSweepReport } from '@secateur/sweep';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const file = join(folder, 'page.html');
 * const command = ['node', 'train.js', '{run}', '{rate}'];
 * const specs = expandSweep({ name: 'rates', command, settings: { rate: [0.1, 0.2] }, retries: 5 });
 * const store = openStore(join(folder, 'store'));
 * await writeSweepReport(file, 'rates', store, await readTrials(store, specs));
 * readFileSync(file, 'utf8').includes('0 of 2'); // => true
 * rmSync(folder, { recursive: true });
 * ```
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
