import { SweepError } from '../error.ts';
import type { TrialRecord } from '../search/read-trials.ts';
import type { TrialStore } from '../store/trial-store.ts';

/** What a run directory tells of its run, the best first; the last is always there. */
const reports = ['report.html', 'report.svg', 'result.json'] as const;

/** The name of the file that tells most of a finished trial. */
export function reportName({ files }: TrialRecord): string {
  return reports.find((name) => files.some(({ path }) => path === name)) ?? 'result.json';
}

/**
 * Reads that file from the store.
 *
 * @throws SweepError with code `store` when it is not there.
 */
export async function readReport(store: TrialStore, trial: TrialRecord): Promise<Uint8Array> {
  const name = reportName(trial);
  const file = trial.files.find(({ path }) => path === name);
  if (file === undefined) return new TextEncoder().encode(JSON.stringify(trial.result, null, 2));
  const found = await store.read(file.key);
  if (found !== undefined) return found;
  throw new SweepError(
    `report: expected ${name} of trial ${trial.spec.id} at ${file.key} of ${store.url}, found nothing; remove the trial's keys and train it again.`,
    { code: 'store' },
  );
}
