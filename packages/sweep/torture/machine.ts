import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { descendants, signalAll, untilGone } from './processes.ts';

/** A worker with all that it starts, in a process group of its own, which is started again whenever it dies. */
export interface Machine {
  /** Whether there is something to kill: a worker, and a training under it. */
  state(): { readonly works: boolean; readonly trains: boolean };
  /** Ends the worker alone; what it started must end by itself. Returns how many did not. */
  killWorker(): Promise<number>;
  /** Ends what the worker started. */
  killChildren(): void;
  /** Ends all at once, as a power cut does. */
  killAll(): void;
  /** Stops all for some time, as a laptop that is closed; then it goes on as if nothing had been. */
  freeze(duration: number): Promise<void>;
  /** Resolves when a worker ended well. */
  readonly over: Promise<void>;
  /** What workers that ended badly by themselves said. */
  readonly complaints: readonly string[];
  /** How often a worker was started. */
  starts(): number;
  /** Ends it for good. */
  stop(): void;
}

/** How long what a dead worker started may live, in ms. */
const PATIENCE = 5000;
/** Workers that end badly by themselves before the machine gives up. */
const GIVE_UP = 50;

/** Starts a machine, whose worker is a command. */
export function startMachine(
  [program, ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  pause: () => number,
): Machine {
  let worker: ChildProcess | undefined;
  let starts = 0;
  let stopped = false;
  const complaints: string[] = [];
  const current = (): number | undefined =>
    worker?.exitCode === null && worker.signalCode === null ? worker.pid : undefined;
  const run = (): Promise<number | null> =>
    new Promise((resolve, reject) => {
      starts++;
      worker = spawn(program!, args, {
        detached: true,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      const keep = (data: Buffer): void => void (said = (said + data.toString()).slice(-2000));
      worker.stdout!.on('data', keep);
      worker.stderr!.on('data', keep);
      worker.once('error', reject);
      worker.once('exit', (code) => {
        if (code !== null && code !== 0) complaints.push(`exit ${code}: ${said.trim()}`);
        resolve(code);
      });
    });
  const keepRunning = async (): Promise<void> => {
    for (;;) {
      const code = await run();
      if (code === 0 || stopped) return;
      if (complaints.length >= GIVE_UP) {
        throw new Error(`machine: expected workers that work, found: ${complaints.at(-1)!}`);
      }
      await wait(pause());
      if (stopped) return;
    }
  };
  const stop = (): void => {
    stopped = true;
    process.off('exit', stop);
    const pid = current();
    if (pid !== undefined) signalAll([{ pid }, ...descendants(pid)], 'SIGKILL');
  };
  process.once('exit', stop);
  const over = keepRunning();
  return {
    over,
    complaints,
    starts: () => starts,
    state: () => {
      const pid = current();
      return { works: pid !== undefined, trains: pid !== undefined && descendants(pid).length > 0 };
    },
    killWorker: async () => {
      const pid = current();
      if (pid === undefined) return 0;
      const children = descendants(pid);
      signalAll([{ pid }], 'SIGKILL');
      const left = await untilGone(children, PATIENCE);
      signalAll(left, 'SIGKILL');
      return left.length;
    },
    killChildren: () => {
      const pid = current();
      if (pid !== undefined) signalAll(descendants(pid), 'SIGKILL');
    },
    killAll: () => {
      const pid = current();
      if (pid !== undefined) signalAll([{ pid }, ...descendants(pid)], 'SIGKILL');
    },
    freeze: async (duration) => {
      const pid = current();
      if (pid === undefined) return;
      const all = [{ pid }, ...descendants(pid)];
      signalAll(all, 'SIGSTOP');
      await wait(duration);
      signalAll(all, 'SIGCONT');
    },
    stop,
  };
}
