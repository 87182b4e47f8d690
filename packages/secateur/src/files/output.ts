import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileTrouble, writeFileAtomic } from '@secateur/safetensors/node';
import { CommandError } from '../command-error.ts';

/**
 * Refuses to write over something, the input above all, unless `force` is given.
 *
 * @throws CommandError that says so.
 */
export function checkOutput(out: string, input: string, force: boolean): void {
  if (force || !existsSync(out)) return;
  const same = realpathSync(out) === realpathSync(input);
  throw new CommandError(
    `expected a path where nothing is as the output, found ${same ? 'the input itself' : 'something'} at "${out}"; choose another, or add --force to replace it.`,
  );
}

/** Writes a file whole or not at all, and the folder that it is in; returns its bytes. */
export function writeOutput(out: string, content: string | Uint8Array): number {
  try {
    mkdirSync(dirname(out), { recursive: true });
    writeFileAtomic(out, content);
    return Buffer.byteLength(content);
  } catch (cause) {
    const { found, advice } = fileTrouble(cause);
    throw new CommandError(`expected to write "${out}", found ${found}; ${advice}.`, { cause });
  }
}
