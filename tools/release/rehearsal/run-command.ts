import { spawn } from 'node:child_process';
import type { Command } from '@secateur/testing/command';
import { ToolError } from '@secateur/testing/system';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the command, and everything that it started, when it aborts. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command to its end and returns its stdout. A {@link ToolError} tells what a failing command printed; where the
 * signal aborts, its reason is thrown once the command has ended.
 */
export async function runCommand(
  [program, ...args]: Command,
  { cwd, env, signal }: CommandOptions,
): Promise<string> {
  signal.throwIfAborted();
  // In a process group of its own, so that an npm's children end with it.
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (printed[name] += text));
  }
  const end = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch (error) {
      // It has ended by itself in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  signal.addEventListener('abort', end);
  try {
    const trouble = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => {
        resolve(error.message);
      });
      child.once('close', (code, killer) => {
        resolve(code === 0 ? undefined : `exit ${String(code ?? killer)}`);
      });
    });
    signal.throwIfAborted();
    if (trouble === undefined) return printed.stdout;
    const text = `${printed.stdout}${printed.stderr}`.trim();
    throw new ToolError(
      `release: expected "${[program, ...args].join(' ')}" to succeed in ${cwd}, found ${trouble}; what it printed:\n${text}`,
    );
  } finally {
    signal.removeEventListener('abort', end);
  }
}
