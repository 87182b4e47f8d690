import { readFileSync } from 'node:fs';
import { fileTrouble } from '@secateur/safetensors/node';
import { SweepError } from '../error.ts';

/** Reads a file that the user named; `who` begins the message of the error. */
export function readText(path: string, name: string, who = ''): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { found, advice } = fileTrouble(cause);
    throw new SweepError(`${who}expected to read ${name}, found ${found}; ${advice}.`, {
      code: 'argument',
      cause,
    });
  }
}
