import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendDescription } from '@secateur/backend';
import { openRun, type Run } from '@secateur/training';
import type { RunOptions } from './run-options.ts';

/**
 * Trains in a run directory and writes the result there; of a finished run it is only read. What `prepare` finds wrong with the data
 * is known before the directory is made, and a finished run needs no data.
 */
export async function trainInRun<Data, Result>(
  config: object,
  { directory, say }: RunOptions,
  prepare: () => Promise<Data>,
  train: (run: Run, data: Data) => Promise<Result>,
): Promise<Result> {
  const data = existsSync(join(directory, 'result.json')) ? undefined : await prepare();
  const run = openRun({ directory, config });
  try {
    if (data === undefined) {
      say(`${directory} is finished; remove it or give another --run to train again.`);
      return run.readResult() as Result;
    }
    const result = await train(run, data);
    run.writeResult(result);
    return result;
  } finally {
    run.close();
  }
}

/** A line about where a training computes. */
export function backendLine(
  { name, reason, features }: BackendDescription,
  directory: string,
): string {
  const more = Object.entries(features).map(([feature, value]) => `; ${feature}: ${value}`);
  return `backend ${name} (${reason}${more.join('')}); run directory ${directory}`;
}
