import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileError } from './atomic-file.ts';
import { TrainingError } from './error.ts';
import { isObject } from './json.ts';

/** A lock that this process holds. */
export interface Lock {
  /** Gives the lock back; does nothing the second time. */
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Which process of that id it is, where the system tells: ids are used again, and in containers at once. */
  readonly started: string | null;
}

/**
 * Takes the lock file, or throws a TrainingError that names the process which has it. A lock whose process is gone
 * (`kill -9` leaves it behind) is taken over.
 */
export function acquireLock(file: string): Lock {
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid) ?? null,
  };
  const text = JSON.stringify(own) + '\n';
  for (let attempt = 0; attempt < 10; attempt++) {
    if (create(file, text)) return held(file, text);
    const found = read(file);
    if (found === undefined) continue;
    const holder = parse(found);
    if (holder === undefined && attempt < 2) {
      // Its owner may be between creating and writing it.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      continue;
    }
    if (holder !== undefined && isAlive(holder)) throw lockedError(file, holder);
    removeStale(file, found);
  }
  throw new TrainingError(
    `openRun: expected to take the lock ${file}, found that others took it each time; start one process at a time.`,
    { code: 'locked' },
  );
}

function held(file: string, text: string): Lock {
  const release = (): void => {
    process.removeListener('exit', release);
    // Somebody may have deleted it by hand and started another process.
    if (read(file) === text) rmSync(file, { force: true });
  };
  process.once('exit', release);
  return { release };
}

function create(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw fileError('openRun', `create the lock ${file}`, error);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw fileError('openRun', `read the lock ${file}`, error);
  }
}

function parse(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || !Number.isInteger(value['pid']) || (value['pid'] as number) <= 0) {
      return undefined;
    }
    return value as unknown as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  // Nothing can be known about a process of another machine, so its lock stands.
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
  }
  const started = startOf(holder.pid);
  return started === undefined || holder.started === null || started === holder.started;
}

/** Tells processes of one id apart by when they started, on Linux. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name, in brackets, may hold spaces; the start time is the 20th field after it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot}/${ticks}`;
  } catch {
    return undefined;
  }
}

/** Removes a stale lock; of two processes that do so, the later must not remove the new lock of the first. */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.${String(process.pid)}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw fileError('openRun', `remove the stale lock ${file}`, error);
  }
  const moved = readFileSync(aside, 'utf8');
  if (moved !== stale) create(file, moved);
  rmSync(aside, { force: true });
}

function lockedError(file: string, holder: Holder): TrainingError {
  const here = holder.host === hostname();
  const who = `process ${String(holder.pid)}${here ? '' : ` on ${holder.host}`}`;
  const what = here
    ? 'wait for it or stop it, or use another directory'
    : `if that machine no longer runs it, delete ${file}`;
  return new TrainingError(
    `openRun: expected a run that no other process has open, found it locked by ${who} (${file}); ${what}.`,
    { code: 'locked' },
  );
}

function errorCode(error: unknown): unknown {
  return isObject(error) ? error['code'] : undefined;
}
