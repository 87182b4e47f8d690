import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { loadedSourceCommand, sourceCommand } from '@secateur/testing/command';

const root = join(import.meta.dirname, '../../..');

/** The command line as a user types it after `secateur`, run from the sources. */
export const secateur = (...args: readonly string[]): readonly string[] =>
  loadedSourceCommand(join(root, 'packages/secateur/src/cli.ts'), ...args);

/** The command of a trial that trains with `training.ts`. */
export const trainingCommand: readonly string[] = sourceCommand(
  join(import.meta.dirname, 'training.ts'),
  ...['--run', '{run}', '--lambda', '{lambda}', '--units', '{units}'],
  ...['--steps', '{steps}', '--seed', '{seed}'],
);

/** How a command ended; its code is null when it was killed after some time, in ms. */
export function ended(
  [program, ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
  killAfter?: number,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(killAfter === undefined ? {} : { timeout: killAfter, killSignal: 'SIGKILL' }),
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/**
 * What a command printed on its standard output.
 *
 * @throws Error when it ended badly.
 */
export async function outputOf(
  command: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { code, stdout, stderr } = await ended(command, env);
  if (code === 0) return stdout;
  throw new Error(`${command.slice(-8).join(' ')}: exit ${code}: ${stderr.trim()}`);
}
