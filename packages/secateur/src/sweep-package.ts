import type * as Commands from '@secateur/sweep/commands';
import { CommandError } from './command-error.ts';
import { findPackage } from './folder-packages.ts';
import { messageOf } from './message-of.ts';
import { version } from './version.ts';

const name = '@secateur/sweep';

/**
 * Loads the commands of `@secateur/sweep` from the user's folder, where those who train on one machine have no such package.
 *
 * @throws CommandError that says which command installs it.
 */
export async function loadSweepCommands(folder: string): Promise<typeof Commands> {
  const found = findPackage(name, folder);
  if (found === undefined) {
    throw new CommandError(
      `expected the package ${name}, found none in this folder; npm install ${name}@${version}.`,
    );
  }
  try {
    return (await found.load('/commands')) as typeof Commands;
  } catch (cause) {
    throw new CommandError(
      `expected ${name}/commands ${found.version} to load, found: ${messageOf(cause)}; install it again, or, in Secateur's own repository, run \`npm run build\`.`,
      { cause },
    );
  }
}
