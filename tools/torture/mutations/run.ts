import { fork, type ChildProcess } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder } from '@secateur/testing/temporary';
import { count, faults, type Outcome, type Tally } from '../outcome.ts';
import { intercepted } from '../system/intercept.ts';
import { formats } from './formats.ts';
import type { Report, Task } from './worker.ts';

/** How long one file may take to be read, in ms: the files are of a few KB, so that what takes longer does not end. */
const PATIENCE = 30_000;
/** Bounds what a small file may make of the heap, in MB. */
const HEAP = 768;

/** A process that reads changed files of one format after another. */
interface Worker {
  /** Resolves when it has read whole files of a format in a folder of their own, and waits for changed ones. */
  take(format: string, folder: string): Promise<void>;
  /** Resolves with what came of a case; a process that does not answer is killed. */
  ask(seed: number): Promise<Report>;
  end(): void;
}

async function startWorker(folder: string, log: string): Promise<Worker> {
  const child = fork(join(import.meta.dirname, 'worker.ts'), [], {
    execArgv: ['--import', 'tsx', '--conditions=@secateur/source', `--max-old-space-size=${HEAP}`],
    env: { ...process.env, ...intercepted(folder, { log }) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr!.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-2000)));
  const ready = (): Promise<unknown> => next(child, 10 * PATIENCE, () => errors);
  await ready();
  return {
    async take(format, folder) {
      child.send({ format, folder } satisfies Task);
      await ready();
    },
    async ask(seed) {
      child.send({ seed } satisfies Task);
      try {
        return (await next(child, PATIENCE, () => errors)) as Report;
      } catch (error) {
        const outcome: Outcome = error instanceof Silence ? 'hang' : 'crash';
        child.kill('SIGKILL');
        return { seed, outcome, detail: (error as Error).message };
      }
    },
    end: () => child.kill(),
  };
}

class Silence extends Error {}

function next(child: ChildProcess, patience: number, errors: () => string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const done = (act: () => void): void => {
      clearTimeout(timer);
      child.removeAllListeners('message');
      child.removeAllListeners('exit');
      act();
    };
    const timer = setTimeout(() => {
      done(() => {
        reject(new Silence(`no answer in ${patience / 1000} s`));
      });
    }, patience);
    child.on('message', (message) => {
      done(() => {
        resolve(message);
      });
    });
    child.on('exit', (code, signal) => {
      done(() => {
        reject(new Error(`ended with ${signal ?? code}: ${errors()}`));
      });
    });
  });
}

/** What {@link runMutations} takes. */
export interface MutationOptions {
  /** Cases over all formats. */
  readonly cases: number;
  readonly seed: number;
  /** Folder of whole files, from `writeSeeds`. */
  readonly seeds: string;
  /** Folder for what the workers change. */
  readonly folder: string;
  /** Formats to try, by a part of the name; all by default. */
  readonly only?: string | undefined;
  /** Tells of every case, not of faults alone. */
  readonly verbose?: boolean;
  readonly say: (line: string) => void;
}

/** Changes files of every format, and counts what came of reading them. */
export async function runMutations(options: MutationOptions): Promise<Tally> {
  const { cases, seed, seeds, folder, only = '', verbose = false, say } = options;
  const chosen = formats.filter(({ name }) => name.includes(only));
  const each = Math.ceil(cases / chosen.length);
  const tally: Tally = new Map(chosen.map(({ name }) => [name, new Map()]));
  const waiting = chosen.map(({ name }, i) => ({ name, first: seed + i * each }));
  const work = async (lane: number): Promise<void> => {
    const start = (): Promise<Worker> => startWorker(folder, join(folder, `log-${lane}`));
    let worker = await start();
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const { name, first } = job;
      const mutated = join(folder, name.replaceAll(/\W+/g, '-'));
      const take = async (): Promise<void> => {
        removeFolder(mutated);
        cpSync(join(seeds, name), mutated, { recursive: true });
        await worker.take(name, mutated);
      };
      await take();
      const begun = Date.now();
      for (let at = first; at < first + each; at++) {
        const { outcome, detail } = await worker.ask(at);
        count(tally, name, outcome);
        if (faults.has(outcome) || verbose) say(`${name}, seed ${at}: ${outcome}: ${detail}`);
        if (outcome === 'hang' || outcome === 'crash') {
          worker = await start();
          await take();
        }
      }
      say(`${name}: ${each} changed files in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    }
    worker.end();
  };
  await Promise.all([work(1), work(2)]);
  return tally;
}
