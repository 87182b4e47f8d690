import { writeFileSync } from 'node:fs';
import { isRecord, parseJson } from '@secateur/input';
import {
  readRegularFile,
  removeUnneeded,
  renameFile,
  retryWhileHeld,
  sleep,
} from '@secateur/safetensors/node';
import { fileError } from './atomic-file.ts';
import { TrainingError } from './error.ts';
import { markOf, stateOf, type ProcessMark } from './process-mark.ts';

/** A lock that this process holds. */
export interface Lock {
  /** Gives the lock back; does nothing the second time. */
  release(): void;
}

/**
 * Takes the lock file, or throws a TrainingError that names the process which has it. A lock whose process is gone
 * (`kill -9` leaves it behind) is taken over.
 */
export function acquireLock(file: string): Lock {
  const text = JSON.stringify(markOf()) + '\n';
  for (let attempt = 0; attempt < 10; attempt++) {
    if (create(file, text)) return held(file, text);
    const lockText = read(file);
    if (lockText === undefined) continue;
    const holder = parse(lockText);
    if (holder === undefined && attempt < 2) {
      // Its owner may be between creating and writing it.
      sleep(50);
      continue;
    }
    const state = holder === undefined ? 'gone' : stateOf(holder);
    if (state !== 'gone') throw lockedError(file, holder!, state);
    removeStale(file, lockText);
  }
  throw new TrainingError(
    `openRun: expected to take the lock ${file}, found that others took it each time; start one process at a time.`,
    { code: 'locked' },
  );
}

/** What gives back the locks that this process holds: one listener for all, since Node warns of more than ten. */
const locks = new Set<() => void>();

function releaseAll(): void {
  for (const release of locks) release();
}

function held(file: string, text: string): Lock {
  const release = (): void => {
    // The second time, what lies there may be the lock of a later run.
    if (!locks.delete(release)) return;
    if (locks.size === 0) process.removeListener('exit', releaseAll);
    // Somebody may have deleted it by hand and started another process.
    if (read(file) === text) removeUnneeded(file);
  };
  if (locks.size === 0) process.once('exit', releaseAll);
  locks.add(release);
  return { release };
}

function create(file: string, text: string): boolean {
  try {
    retryWhileHeld(() => {
      writeFileSync(file, text, { flag: 'wx' });
    });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw fileError('openRun', `create the lock ${file}`, error);
  }
}

function read(file: string): string | undefined {
  try {
    return retryWhileHeld(() => new TextDecoder().decode(readRegularFile(file)));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw fileError('openRun', `read the lock ${file}`, error);
  }
}

function parse(text: string): ProcessMark | undefined {
  try {
    const value: unknown = parseJson(text, { characters: 10_000 });
    if (!isRecord(value) || typeof value['host'] !== 'string') return undefined;
    const { pid } = value;
    return Number.isInteger(pid) && (pid as number) > 0
      ? (value as unknown as ProcessMark)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a stale lock; of two processes that do so, the later must not remove the new lock of the first. */
function removeStale(file: string, stale: string): void {
  const renamed = `${file}.${String(process.pid)}.stale`;
  try {
    renameFile(file, renamed);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw fileError('openRun', `remove the stale lock ${file}`, error);
  }
  const moved = read(renamed);
  if (moved !== undefined && moved !== stale) create(file, moved);
  removeUnneeded(renamed);
}

const advice = {
  there: () => 'wait for it or stop it, or use another directory',
  perhaps: (file: string) =>
    `wait for it or stop it, or use another directory; if that is another program, which got the id of a killed training, delete ${file}`,
  elsewhere: (file: string) => `if that machine or container no longer runs it, delete ${file}`,
};

function lockedError(file: string, holder: ProcessMark, state: keyof typeof advice): TrainingError {
  const who = `process ${String(holder.pid)}${state === 'elsewhere' ? ` on ${holder.host}` : ''}`;
  return new TrainingError(
    `openRun: expected a run that no other process has open, found it locked by ${who} (${file}); ${advice[state](file)}.`,
    { code: 'locked' },
  );
}

function errorCode(error: unknown): unknown {
  return isRecord(error) ? error['code'] : undefined;
}
