import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { sourceCommand } from '@secateur/testing/command';

const root = join(import.meta.dirname, '../../..');

/** The command line as a user types it after `secateur`, run from the sources. */
export const secateur = (...args: readonly string[]): readonly string[] =>
  sourceCommand(join(root, 'packages/secateur/src/cli.ts'), ...args);

/** The command of a trial that trains with `training.ts`. */
export const trainingCommand: readonly string[] = sourceCommand(
  join(import.meta.dirname, 'training.ts'),
  ...['--run', '{run}', '--lambda', '{lambda}', '--units', '{units}'],
  ...['--steps', '{steps}', '--seed', '{seed}'],
);

/** What a command printed on its standard output. */
export function outputOf(
  [program, ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${args.slice(-8).join(' ')}: exit ${code}: ${stderr.trim()}`));
    });
  });
}
