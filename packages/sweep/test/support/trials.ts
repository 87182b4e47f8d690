import { testFolder } from '@secateur/testing/folders';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openStore, type TrialSpec, type TrialStore } from '@secateur/sweep';
import { sourceCommand } from '@secateur/testing/command';

export const fixture = (name: string): string =>
  join(import.meta.dirname, '../trial/fixtures', `${name}.ts`);

/** A trial of the loop that can be held, with a store and a scratch folder of its own. */
export interface Bench {
  readonly folder: string;
  readonly store: TrialStore;
  readonly scratch: string;
  readonly spec: TrialSpec;
}

export function bench(
  command: readonly string[] = sourceCommand(fixture('held-loop'), '{run}', '{rate}'),
): Bench {
  const folder = testFolder();
  const spec = {
    id: 'roots-1',
    sweep: 'roots',
    command,
    settings: { rate: 0.05 },
    retries: 5,
    versions: {},
  };
  const store = openStore(join(folder, 'store'));
  return { folder, store, scratch: join(folder, 'scratch'), spec };
}

/** What a trial of the bench comes to when nothing disturbs it. */
export const undisturbed: { readonly weight: number } = { weight: root(0.05) };

function root(rate: number): number {
  let weight = 1;
  for (let step = 1; step <= 40; step++) {
    weight = Math.fround(weight - rate * 4 * weight * (weight * weight - 2));
  }
  return weight;
}

/** A folder of holds: trainings wait at these steps until {@link release}. */
export function hold(folder: string, name: string, ...steps: number[]): string {
  const holds = join(folder, name);
  mkdirSync(holds);
  for (const step of steps) writeFileSync(join(holds, String(step)), '');
  return holds;
}

export function release(holds: string, step: number): void {
  rmSync(join(holds, String(step)));
}

/** Waits until something is there. */
export async function until<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    await wait(20);
  }
}

/** Waits until the store has a checkpoint of a step, and gives the key of its manifest. */
export const manifestOf = (store: TrialStore, step: number): Promise<string> =>
  until(async () => {
    const end = `/checkpoints/${String(step).padStart(8, '0')}.json`;
    return (await store.list('trials/')).find((key) => key.endsWith(end));
  });

/** Process id of the training of an attempt, from its lock. */
export async function trainingOf({ scratch, spec, store }: Bench): Promise<number> {
  const keys = await store.list(`trials/${spec.id}/attempts/`);
  const attempt = keys
    .map((key) => key.split('/')[3]!)
    .sort()
    .at(-1)!;
  const lock = readFileSync(join(scratch, spec.id, attempt, '.lock'), 'utf8');
  return (JSON.parse(lock) as { pid: number }).pid;
}

/** Whether a process runs; one that only nobody has asked for its exit code does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/\) [ZX] /.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
