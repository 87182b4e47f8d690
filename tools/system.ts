import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** What stands in the way and what to do about it; printed without a stack. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** The folder that survives `npm ci`: `SECATEUR_CACHE`, else `secateur` in the user's cache folder. */
export function cacheFolder(): string {
  const { SECATEUR_CACHE: own, XDG_CACHE_HOME: user } = process.env;
  return own || join(user || join(homedir(), '.cache'), 'secateur');
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
