import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The root of the repository. */
export const root: string = join(import.meta.dirname, '../..');

/** Runs a command in the root, with its output where ours goes, and tells whether it succeeded. */
export function succeeds(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  const shell = process.platform === 'win32';
  return spawnSync(command, args, { cwd: root, env, stdio: 'inherit', shell }).status === 0;
}

/** Runs a target of every package through nx. */
export function nxSucceeds(
  target: string,
  args: readonly string[] = [],
  env?: NodeJS.ProcessEnv,
): boolean {
  return succeeds('npx', ['nx', 'run-many', '-t', target, '--output-style=stream', ...args], env);
}
