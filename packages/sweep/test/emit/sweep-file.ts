import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A training that ends as its kind says; a first attempt may do otherwise than later ones. */
const train = `
  import { mkdirSync, writeFileSync } from 'node:fs';
  import { join } from 'node:path';
  const [run, kind] = process.argv.slice(2);
  const first = process.env.SECATEUR_TRIAL_ATTEMPT === '1';
  if (kind === 'never') process.exit(42);
  if (kind === 'fails' || (kind === 'fails once' && first)) process.exit(1);
  if (kind.startsWith('waits') && first) await new Promise(() => setInterval(() => 0, 1000));
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'result.json'), JSON.stringify({ kind }));
`;

/** Makes a project's folder with a sweep of such trainings, one of each kind. */
export function sweepOf(folder: string, kinds: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'train.mjs'), train);
  const command = [process.execPath, join(folder, 'train.mjs'), '{run}', '{kind}'];
  const sweep = { name: 'kinds', command, settings: { kind: kinds }, retries: 1 };
  writeFileSync(join(folder, 'sweep.json'), JSON.stringify(sweep));
}
