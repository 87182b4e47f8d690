import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { sourceCommand, type Command } from './command.ts';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command line is run. */
export interface CliOptions {
  /** The folder to run it in. */
  readonly cwd?: string;
  /** Variables of its environment beside those of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Number of ms after which it is killed by SIGKILL. */
  readonly killAfter?: number;
  /** What starts it, by default {@link sourceCommand}. */
  readonly start?: (file: string, ...args: readonly string[]) => Command;
}

/** Starts a command line written in TypeScript in a process of its own, as a user does. */
function startCli(
  cli: string,
  args: readonly string[],
  { cwd, env, killAfter, start = sourceCommand }: CliOptions = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const [program, ...rest] = start(cli, ...args);
  const child = spawn(program, rest, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer =
    killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
  return { child, ended };
}

/** Runs a command line to its end; its code is null when a signal ended it. */
export function runCli(
  cli: string,
  args: readonly string[],
  options: CliOptions = {},
): Promise<Ended> {
  return startCli(cli, args, options).ended;
}

/**
 * Starts a command line and gives it a signal `delay` ms after it has said `cue` on its standard error. On Windows every
 * signal ends the process at once, as SIGKILL does.
 */
export async function disturbCli(
  cli: string,
  args: readonly string[],
  {
    cue,
    signal,
    delay,
  }: { readonly cue: string; readonly signal: NodeJS.Signals; readonly delay: number },
): Promise<Ended> {
  const { child, ended } = startCli(cli, args);
  await new Promise<void>((resolve) => {
    child.stderr!.on('data', (text: Buffer) => {
      if (text.includes(cue)) resolve();
    });
    void ended.then(() => {
      resolve();
    });
  });
  await wait(delay);
  child.kill(signal);
  return ended;
}
