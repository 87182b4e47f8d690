import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../check-weights.ts';
import { PrunerError } from '../pruner-error.ts';

/** Reads a file of a model directory; one that is missing or unreadable is a `PrunerError`. */
export async function readModelFile(
  caller: string,
  directory: string,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(join(directory, name)));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PrunerError(
      `${caller}: expected a readable file ${name} in "${directory}", found ${missing ? 'none' : messageOf(cause)}; check the path${missing ? ', or write the model again' : ''}.`,
      { cause },
    );
  }
}

/** Reads a JSON object from a file of a model directory. */
export async function readJsonFile(
  caller: string,
  directory: string,
  name: string,
): Promise<Record<string, unknown>> {
  const text = new TextDecoder().decode(await readModelFile(caller, directory, name));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PrunerError(
      `${caller}: expected JSON in ${name} of "${directory}", found ${messageOf(cause)}; the file is damaged, write the model again.`,
      { cause },
    );
  }
  if (!isObject(value)) {
    throw new PrunerError(
      `${caller}: expected a JSON object in ${name} of "${directory}", found ${Array.isArray(value) ? 'an array' : String(value)}; the file is damaged, write the model again.`,
    );
  }
  return value;
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON text for a person to read; a value that JSON cannot hold is a `PrunerError`. */
export function toJsonText(caller: string, what: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, null, 2);
  } catch (cause) {
    throw new PrunerError(
      `${caller}: expected ${what} as plain JSON, found a value that has none (${messageOf(cause)}); leave out functions, cycles and bigints.`,
      { cause },
    );
  }
  return `${text}\n`;
}
