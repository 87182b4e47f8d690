import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { npmCommand } from '@secateur/testing/command';
import { cacheFolder, madeInOneGo, run, ToolError } from '@secateur/testing/system';

/**
 * Returns the path of a Node binary of exactly this version. It comes from npm the first time, and is kept in the cache
 * folder. npm's package `node` fetches it in an install script, which are off here; the package for the platform has it.
 */
export function installNode(version: string, say: (line: string) => void): string {
  const windows = process.platform === 'win32';
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const folder = join(cacheFolder(), 'nodes', `${name}-${version}`);
  const binary = join(folder, 'bin', windows ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    say(`fetching Node ${version} (${name})`);
    madeInOneGo(folder, (made) => {
      const flags = ['--prefix', made, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
      const [program, ...args] = npmCommand('npm', 'install', ...flags, `${name}@${version}`);
      run(
        'nodes',
        program,
        args,
        `see whether npm has ${name}@${version}; where it does not, install that Node yourself and run npm test on it`,
      );
      return join(made, 'node_modules', name);
    });
  }
  const printed = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
  if (printed === `v${version}`) return binary;
  throw new ToolError(
    `nodes: expected ${binary} to be v${version}, found ${printed}; remove ${folder} and run this again.`,
  );
}

/** The environment in which `node`, and npm's commands with it, are the given binary. */
export function environmentOf(binary: string, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Windows spells it in its own way, and two of them would be one too many.
  const name = Object.keys(base).find((each) => each.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...base, [name]: `${dirname(binary)}${delimiter}${base[name] ?? ''}` };
}
