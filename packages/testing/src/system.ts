/**
 * What tools share that install and start programs: the cache folder, Python, commands whose failure says what to do.
 * @packageDocumentation
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, posix, win32 } from 'node:path';

/** What stands in the way and what to do about it; printed without a stack. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** Runs a tool to its end. Of a {@link ToolError} it prints the message, and the process then ends with 1. */
export async function toolMain(main: () => void | Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * The folder that survives `npm ci`: `SECATEUR_CACHE`, else `secateur` where the system keeps what can be made again
 * (`~/Library/Caches`, `%LOCALAPPDATA%`, or `XDG_CACHE_HOME` and `~/.cache`).
 */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const { join } = platform === 'win32' ? win32 : posix;
  const user = {
    win32: env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'),
    darwin: join(home, 'Library', 'Caches'),
    other: env['XDG_CACHE_HOME'] || join(home, '.cache'),
  };
  const kind = platform === 'win32' || platform === 'darwin' ? platform : 'other';
  return env['SECATEUR_CACHE'] || join(user[kind], 'secateur');
}

/** The command of Python 3: `PYTHON`, else what the system calls it. */
export function python(): string {
  return process.env['PYTHON'] || (process.platform === 'win32' ? 'python' : 'python3');
}

/** Runs a command for a tool and returns its stdout; a {@link ToolError} tells what it printed and how to mend it. */
export function run(
  tool: string,
  command: string,
  args: readonly string[],
  advice: string,
  env: Readonly<Record<string, string>> = {},
): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, ...env },
  });
  if (status === 0) return stdout;
  const found = error === undefined ? `exit ${String(status)}` : error.message;
  const printed = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-12).join('\n');
  throw new ToolError(
    `${tool}: expected "${command} ${args.slice(0, 3).join(' ')}" to succeed, found: ${found}; ${advice}.\n${printed}`,
  );
}

/**
 * Makes a folder or file in one go: `fill` writes to a new folder beside it and returns the path in there that becomes
 * `target`. Whatever happens, nothing half-written has the final name; where two do it at once, the first one's stays.
 */
export function madeInOneGo(target: string, fill: (folder: string) => string): void {
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    renameSync(fill(folder), target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
