import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startMoto, startPostgres, startRedis } from '../servers/index.ts';
import { openStore } from '../src/store/open-store.ts';
import { expandSweep } from '../src/spec/expand-sweep.ts';
import { parseSweep } from '../src/spec/parse-sweep.ts';
import { outputOf, secateur, trainingCommand } from './command.ts';
import { disturb, type Harms } from './disturb.ts';
import { startMachine } from './machine.ts';
import { readSweep, type StoredSweep } from './outcome.ts';
import { failingStore } from './proxy.ts';
import { randomOf } from './random.ts';

/** Steps of a training, of some seconds on one core. */
const STEPS = 500;
const NAME = 'torture';
/** Share of the requests to the store that fail. */
const FAILING = 0.03;

/** A sweep of small trainings. */
export interface SmallSweep {
  /** Its sweep.json. */
  readonly file: string;
  readonly ids: readonly string[];
}

/** Writes the sweep; one of fewer seeds has some of the trials of one with more. */
export function smallSweep(folder: string, seeds: number): SmallSweep {
  const file = join(folder, `sweep-${seeds}.json`);
  const sweep = {
    name: NAME,
    command: trainingCommand,
    settings: { lambda: [0, 0.0003, 0.001], units: [16, 24], steps: STEPS },
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    // A killed child is a failed attempt, and a trial may have bad luck often.
    retries: 100,
  };
  const text = JSON.stringify(sweep, null, 2);
  writeFileSync(file, text);
  return { file, ids: expandSweep(parseSweep(text)).map(({ id }) => id) };
}

/** A sweep that was left alone. */
export interface Undisturbed {
  readonly stored: StoredSweep;
  readonly seconds: number;
}

/** Trains a sweep in one process with two workers, with no harm done to it. */
export async function leftAlone(folder: string, { file, ids }: SmallSweep): Promise<Undisturbed> {
  const url = join(folder, 'alone');
  const began = performance.now();
  await outputOf(secateur('sweep', 'add', file, '--store', url));
  await outputOf(
    secateur('sweep', 'work', NAME, '--store', url, '--workers', '2', '--until-empty'),
  );
  const seconds = (performance.now() - began) / 1000;
  return { stored: await readSweep(openStore(url), ids), seconds };
}

/** What came of a sweep to which harm was done. */
export interface Tortured {
  readonly harms: Harms;
  readonly stored: StoredSweep;
  /** Requests that the store failed; for a folder how often it was away. */
  readonly storeFailures: number;
  readonly workersStarted: number;
  /** What workers said that ended badly by themselves. */
  readonly complaints: readonly string[];
  readonly steps: { readonly needed: number; readonly made: number };
  /** States of the trials in the queue at the end. */
  readonly counts: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Options of {@link torture}. */
export interface TortureOptions {
  readonly folder: string;
  readonly seed: number;
  /** Seconds that a trial takes where no harm is done. */
  readonly trial: number;
  /** How often harm is done. */
  readonly harms: number;
  readonly say: (line: string) => void;
}

/** Trains the same sweep on two machines while harm is done to it, with its queue in one server and its store in another. */
export async function torture(
  kind: 'redis' | 'postgres',
  { file, ids }: SmallSweep,
  { folder, seed, trial, harms, say }: TortureOptions,
): Promise<Tortured> {
  const notes = join(folder, `${kind}-notes`);
  mkdirSync(notes);
  const server = kind === 'redis' ? await startRedis() : await startPostgres();
  const store = kind === 'redis' ? await s3(seed) : folderThatGoes(join(folder, 'share'));
  const lock = 3000;
  const env = {
    ...store.env,
    TORTURE_NOTES: notes,
    SECATEUR_SWEEP_TIMES: JSON.stringify({
      lockDuration: lock,
      stalledInterval: 1500,
      backoff: 300,
      again: 2000,
      poll: 1000,
    }),
  };
  const where = [NAME, '--store', store.url, `--${kind}`, server.url];
  try {
    await outputOf(secateur('sweep', 'add', file, ...where.slice(1)), env);
    const began = performance.now();
    const pauses = randomOf(seed, `${kind} pauses`);
    const machines = [1, 2].map((machine) =>
      startMachine(
        secateur(
          ...['sweep', 'work', ...where, '--until-empty'],
          ...['--scratch', join(folder, `${kind}-machine-${machine}`)],
        ),
        env,
        () => pauses.between(200, 1500),
      ),
    );
    const over = new AbortController();
    const harmed = disturb(
      {
        machines,
        server,
        storeAway: store.away,
        lock,
        // Each machine is hit about once a trial, however fast it is.
        pause: [250 * trial, 600 * trial],
        harms,
        random: randomOf(seed, kind),
        say,
      },
      over.signal,
    );
    try {
      await Promise.all(machines.map((machine) => machine.over));
    } catch (error) {
      // What there is by now is looked at all the same.
      say(String(error));
    } finally {
      over.abort();
      for (const machine of machines) machine.stop();
      await harmed;
    }
    const seconds = (performance.now() - began) / 1000;
    const status = await outputOf(secateur('sweep', 'status', ...where, '--json'), env);
    const made = readdirSync(notes).reduce(
      (sum, name) => sum + statSync(join(notes, name)).size,
      0,
    );
    return {
      harms: await harmed,
      stored: await readSweep(openStore(store.direct, { ...process.env, ...store.env }), ids),
      storeFailures: store.failures(),
      workersStarted: machines.reduce((sum, machine) => sum + machine.starts(), 0),
      complaints: machines.flatMap((machine) => machine.complaints),
      steps: { needed: ids.length * STEPS, made },
      counts: (JSON.parse(status) as { counts: Record<string, number> }).counts,
      seconds,
    };
  } finally {
    await Promise.all([server.stop(), store.stop()]);
  }
}

/** A store that fails now and then. */
interface HarmedStore {
  readonly url: string;
  /** The same without failures. */
  readonly direct: string;
  readonly env: Readonly<Record<string, string>>;
  readonly away: (duration: number) => Promise<void>;
  readonly failures: () => number;
  readonly stop: () => Promise<void>;
}

async function s3(seed: number): Promise<HarmedStore> {
  const moto = await startMoto();
  const proxy = await failingStore({
    port: moto.port,
    share: FAILING,
    random: randomOf(seed, 'store'),
  });
  return {
    url: moto.storeUrl(NAME, proxy.endpoint),
    direct: moto.storeUrl(NAME),
    env: moto.env,
    away: (duration) => {
      proxy.away(duration);
      return Promise.resolve();
    },
    failures: proxy.failures,
    stop: async () => {
      await proxy.stop();
      await moto.stop();
    },
  };
}

/** A folder on a share that is gone for moments, as a network folder is. */
function folderThatGoes(share: string): HarmedStore {
  mkdirSync(share);
  const url = join(share, 'store');
  let failures = 0;
  let isAway = false;
  return {
    url,
    direct: url,
    env: {},
    away: async (duration) => {
      if (isAway) return;
      failures++;
      isAway = true;
      renameSync(share, `${share}-gone`);
      await wait(duration);
      renameSync(`${share}-gone`, share);
      isAway = false;
    },
    failures: () => failures,
    stop: () => Promise.resolve(),
  };
}
