import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** How a training ended. */
export interface TrainingEnd {
  /** Exit code; null after a signal. */
  readonly code: number | null;
  /** What to tell of it, such as `it exited with 1: out of memory`. */
  readonly message: string;
}

/** A training at work. */
export interface Training {
  readonly ended: Promise<TrainingEnd>;
  /** Asks it to save a checkpoint and end. */
  stop(): void;
  /** Ends it at once, with everything that it started. */
  kill(): void;
}

/** Last lines of what a command wrote, for messages. */
const TAIL = 5;

/**
 * Runs in a process group of its own. A small shell in it reads a pipe that only this process can write to: when that ends,
 * because this process closed it or was killed, the shell kills the group. Then it becomes the command, so that exit codes and signals
 * are the command's own.
 */
const WATCHED =
  'trap "" TERM INT HUP; ( read _ <&3; kill -KILL 0 ) & trap - TERM INT HUP; exec 3<&- "$@"';

/** Starts the command of a trial. Nothing of it outlives this process; on Windows only what `taskkill` reaches. */
export function startCommand(
  [program, ...args]: readonly string[],
  {
    env,
    say,
  }: { readonly env: Readonly<Record<string, string>>; readonly say: (line: string) => void },
): Training {
  const isWindows = process.platform === 'win32';
  const [file, parameters] = isWindows
    ? [program!, args]
    : ['/bin/sh', ['-c', WATCHED, 'sh', program!, ...args]];
  const child = spawn(file, parameters, {
    env: { ...process.env, ...env },
    detached: !isWindows,
    windowsHide: true,
    stdio: isWindows ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const tail: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    // What other bytes a command prints is shown, and never an error of ours.
    createInterface({ input: stream }).on('line', (line) => {
      tail.push(line);
      tail.splice(0, tail.length - TAIL);
      say(line);
    });
  }
  const rope = child.stdio[3] as Readable | undefined;
  rope?.on('error', () => undefined);

  const kill = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    if (isWindows) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    else signalGroup(child.pid, 'SIGKILL');
  };
  const ended = new Promise<TrainingEnd>((resolve) => {
    child.once('error', (error) => {
      resolve({ code: null, message: `${program!} cannot be started: ${error.message}` });
    });
    // Lets the shell kill whatever the command left behind, which ends its outputs.
    child.once('exit', () => rope?.destroy());
    child.once('close', (code, signal) => {
      const how =
        code === null ? `it was ended by ${String(signal)}` : `it exited with ${String(code)}`;
      const said = tail.join(' | ');
      resolve({ code, message: said === '' ? how : `${how}: ${said}` });
    });
  });
  return {
    ended,
    stop() {
      if (isWindows) kill();
      else if (child.pid !== undefined && child.exitCode === null)
        signalGroup(child.pid, 'SIGTERM');
    },
    kill,
  };
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // It has ended by itself.
  }
}
