import { isRecord } from '@secateur/input';
import { updateHash } from '@secateur/safetensors/node';
import { createHash } from 'node:crypto';
import { fileError } from '../pruner-error.ts';

/** The files of a model by their names; text for those that are JSON. */
export type Contents = ReadonlyMap<string, Uint8Array | string>;

/** The sha256 of each file, in hexadecimal, by its name. */
export function checksumsOf(files: Contents): Record<string, string> {
  return Object.fromEntries([...files].map(([name, content]) => [name, sha256(content)]));
}

/**
 * Throws unless `stated`, which a config says, are the checksums of exactly these files. A config of earlier versions states
 * none.
 */
export function requireChecksums(
  caller: string,
  directory: string,
  stated: unknown,
  files: Contents,
): void {
  if (stated === undefined) return;
  const expected = isRecord(stated) ? stated : {};
  const actual = checksumsOf(files);
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [there, here] = [ownEntry(expected, name), ownEntry(actual, name)];
    if (there === here) continue;
    const trouble =
      there === undefined ? 'one that it does not name' : here === undefined ? 'none' : 'another';
    throw fileError(
      `${caller}: expected in "${directory}" the file ${name} of the sha256 that config.json states, found ${trouble}: the files were changed, or belong to different models. Write the model again; if you changed a file on purpose, take "sha256" out of config.json.`,
    );
  }
}

function ownEntry(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function sha256(content: Uint8Array | string): string {
  const hash = createHash('sha256');
  updateHash(hash, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  return hash.digest('hex');
}
