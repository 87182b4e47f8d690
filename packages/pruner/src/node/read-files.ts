import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, parseJson, sentence } from '@secateur/input';
import {
  fileTrouble,
  isTemporary,
  readRegularFile,
  type FileTrouble,
} from '@secateur/safetensors/node';
import { messageOf } from '../check-weights.ts';
import { fileError } from '../pruner-error.ts';

/** Reads a file of a model directory; one that is missing, unreadable or a link is a `PrunerError`. */
export function readModelFile(
  caller: string,
  directory: string,
  name: string,
): Uint8Array<ArrayBuffer> {
  try {
    return readRegularFile(join(directory, name));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const { found, advice } = missing ? absence(directory) : fileTrouble(cause);
    throw fileError(
      `${caller}: expected a readable file ${name} in "${directory}", found ${found}; ${advice}.`,
      { cause },
    );
  }
}

/** What to say where a file is missing: a write that was killed leaves files that tell of it. */
function absence(directory: string): FileTrouble {
  const left = existsSync(directory) ? readdirSync(directory).find(isTemporary) : undefined;
  return left === undefined
    ? { found: 'none', advice: 'check the path, or write the model again' }
    : {
        found: `none, but ${left} of a write that was ended`,
        advice: 'write the model again, which removes that',
      };
}

/** Reads a JSON object from a file of a model directory. */
export function readJsonFile(
  caller: string,
  directory: string,
  name: string,
): Record<string, unknown> {
  const value = parseModelJson(caller, directory, name, readModelFile(caller, directory, name));
  if (!isRecord(value)) {
    throw fileError(
      `${caller}: expected a JSON object in ${name} of "${directory}", found ${Array.isArray(value) ? 'an array' : String(value)}; the file is damaged, write the model again.`,
    );
  }
  return value;
}

/** Reads a JSON object, or undefined when there is none that can be read. */
export function peekJson(directory: string, name: string): Record<string, unknown> | undefined {
  try {
    return readJsonFile('', directory, name);
  } catch {
    return undefined;
  }
}

/** Parses JSON of a model directory; what is none, or beyond the limits of `parseJson`, is a `PrunerError`. */
export function parseModelJson(
  caller: string,
  directory: string,
  name: string,
  bytes: Uint8Array,
): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw fileError(
      `${caller}: expected JSON in ${name} of "${directory}", found a file that cannot be read: ${sentence(messageOf(cause))} The file is damaged, write the model again.`,
      { cause },
    );
  }
}

/** JSON text for a person to read; a value that JSON cannot hold is a `PrunerError`. */
export function toJsonText(caller: string, what: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, null, 2);
  } catch (cause) {
    throw fileError(
      `${caller}: expected ${what} as plain JSON, found a value that has none (${messageOf(cause)}); leave out functions, cycles and bigints.`,
      { cause },
    );
  }
  return `${text}\n`;
}
