import { spawnSync } from 'node:child_process';
import { toolCommand, type Command } from '@secateur/testing/command';
import { root } from '../root.ts';

/** Runs a command in the root, with its output where ours goes, and tells whether it succeeded. */
export function succeeds(
  [program, ...args]: Command,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  return spawnSync(program, args, { cwd: root, env, stdio: 'inherit' }).status === 0;
}

/** Runs a target of every package through nx. */
export function nxSucceeds(
  target: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  const command = toolCommand('nx', 'run-many', '-t', target, '--output-style=stream', ...args);
  // nx sets FORCE_COLOR. Beside NO_COLOR, Node warns of it in every program, and tests read what programs say.
  return succeeds(command, { ...env, NO_COLOR: undefined });
}
