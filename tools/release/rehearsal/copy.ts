import { cpSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, type CommandOptions } from './run-command.ts';

/**
 * Copies the tracked files of the repository at `root`, as they are now, into the new folder `target`, and makes that a
 * repository of its own: changesets asks git for the commits of its files, and tags what it publishes.
 */
export async function copyTracked(
  root: string,
  target: string,
  { env, signal }: Pick<CommandOptions, 'env' | 'signal'>,
): Promise<void> {
  const git = (cwd: string, ...args: string[]): Promise<string> =>
    runCommand(['git', ...args], { cwd, env, signal });

  const listed = await git(root, 'ls-files', '-z', '--cached');
  for (const file of listed.split('\0').filter((name) => name !== '')) {
    const from = join(root, file);
    // A tracked file may have been removed, but not yet from the index.
    if (lstatSync(from, { throwIfNoEntry: false }) === undefined) continue;
    cpSync(from, join(target, file), { verbatimSymlinks: true, recursive: true });
  }
  await git(target, 'init', '--quiet', '--initial-branch=main');
  for (const [key, value] of [
    ['user.name', 'Rehearsal'],
    ['user.email', 'rehearsal@localhost'],
    ['commit.gpgSign', 'false'],
    ['tag.gpgSign', 'false'],
    ['core.hooksPath', join(target, '.git', 'no-hooks')],
  ] as const) {
    await git(target, 'config', key, value);
  }
  await git(target, 'add', '--all');
  await git(target, 'commit', '--quiet', '--message', 'Rehearsal of a release');
}
