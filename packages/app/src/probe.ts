import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeSafetensors } from '@secateur/safetensors';
import { removeUnneeded } from '@secateur/safetensors/node';
import { writeFileAtomic } from '@secateur/training';
import { readTensors } from './read-tensors.ts';

const fileIn = (directory: string): string => join(directory, 'probe.safetensors');

/** Keeps in a run directory what the unpruned network computes, for {@link verifyInNewProcess} to compare with. */
export function writeProbe(
  directory: string,
  tensors: Parameters<typeof encodeSafetensors>[0],
): void {
  writeFileAtomic(fileIn(directory), encodeSafetensors(tensors));
}

/** Reads what {@link writeProbe} kept. */
export const readProbe = (directory: string): ReturnType<typeof readTensors> =>
  readTensors(fileIn(directory));

/**
 * Has a new Node process, started as this one was, run the command `verify`, so that what is checked is what the files hold. Gives the
 * JSON of the last line that it prints.
 */
export async function verifyInNewProcess(
  cli: string,
  directory: string,
  { backend, data }: { readonly backend: string; readonly data: string | null },
): Promise<unknown> {
  const texts = data === null ? [] : ['--data', data];
  const args = [cli, 'verify', directory, '--backend', backend, ...texts];
  const command = [...process.execArgv, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 1 << 24 });
  removeUnneeded(fileIn(directory));
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}
