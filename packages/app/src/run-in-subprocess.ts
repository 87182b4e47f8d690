import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs a command line in a new Node process, started as this one was, and gives the JSON of the last line that it prints: so
 * what is checked is what the files hold, and nothing that is in memory here.
 */
export async function runInSubprocess(cli: string, args: readonly string[]): Promise<unknown> {
  const command = [...process.execArgv, cli, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 1 << 24 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}
