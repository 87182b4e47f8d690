/**
 * Commands that start the same on every system, for what starts other programs: Node and a tool's own JavaScript. npm's
 * shims are batch files on Windows, which Node starts only through a shell, and a shell reads arguments in its own way.
 * @packageDocumentation
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as systemPath from 'node:path';
import { pathToFileURL } from 'node:url';

const { dirname, join } = systemPath;

/** A program and its arguments: `const [program, ...args] = command` for `spawn` of `node:child_process`. */
export type Command = [program: string, ...args: string[]];

const runSource = join(import.meta.dirname, '../scripts/run-source.mjs');

/** The command that runs a TypeScript file on the sources of the packages, from any folder. */
export function sourceCommand(file: string, ...args: readonly string[]): Command {
  return [process.execPath, runSource, file, ...args];
}

/** The same for a program that loads packages whose names it learns as it runs. It takes a second longer to start. */
export function loadedSourceCommand(file: string, ...args: readonly string[]): Command {
  // By its path, since a name would be looked for from the folder where the command starts.
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return [process.execPath, '--import', loader, '--conditions=@secateur/source', file, ...args];
}

/**
 * The command that runs a tool of an installed package, such as `nx` or `vitest`.
 *
 * @throws Error when the package is not installed or has no such tool.
 */
export function toolCommand(tool: string, ...args: readonly string[]): Command {
  const require = createRequire(import.meta.url);
  let manifest: string;
  try {
    manifest = require.resolve(`${tool}/package.json`);
  } catch (cause) {
    throw new Error(
      `toolCommand: expected the package ${tool} to be installed, found none; run npm ci.`,
      { cause },
    );
  }
  const { bin } = require(manifest) as { bin?: string | Readonly<Record<string, string>> };
  const file = typeof bin === 'string' ? bin : bin?.[tool];
  if (file === undefined) {
    throw new Error(
      `toolCommand: expected a program ${tool} in the package of that name, found none.`,
    );
  }
  return [process.execPath, join(dirname(manifest), file), ...args];
}

/**
 * The command that runs npm or npx.
 *
 * @throws Error when npm is neither what started this process nor beside Node.
 */
export function npmCommand(program: 'npm' | 'npx', ...args: readonly string[]): Command {
  const { npm_execpath: started } = process.env;
  const { execPath, platform } = process;
  const folder = npmFolder({ started, execPath, platform, path: systemPath, exists: existsSync });
  return [execPath, join(folder, `${program}-cli.js`), ...args];
}

/** What {@link npmFolder} looks at. */
export interface NpmPlaces {
  /** The script of npm that started this process; npm says it in `npm_execpath`. */
  readonly started: string | undefined;
  /** The program of Node. */
  readonly execPath: string;
  readonly platform: NodeJS.Platform;
  /** Paths of that system. */
  readonly path: Pick<typeof systemPath, 'basename' | 'dirname' | 'join'>;
  readonly exists: (file: string) => boolean;
}

/** The folder of `npm-cli.js`: that of the npm which started this process, else of the one that came with Node. */
export function npmFolder({ started, execPath, platform, path, exists }: NpmPlaces): string {
  const beside = platform === 'win32' ? [] : ['..', 'lib'];
  const folders = [
    ...(started === undefined ? [] : [path.dirname(started)]),
    path.join(path.dirname(execPath), ...beside, 'node_modules', 'npm', 'bin'),
  ];
  const actual = folders.find((place) => exists(path.join(place, 'npm-cli.js')));
  if (actual !== undefined) return actual;
  throw new Error(
    `npmFolder: expected npm-cli.js in ${folders.join(' or ')}, found none; start this by npm, as in npm test.`,
  );
}
