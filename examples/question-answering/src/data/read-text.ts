import { createReadStream, readFileSync } from 'node:fs';
import { createGunzip, gunzipSync } from 'node:zlib';

/**
 * Reads a text file in UTF-8, also gzipped when its name ends in `.gz`; a byte order mark is dropped.
 *
 * @throws Error when it cannot be read or unpacked.
 */
export function readText(file: string): string {
  try {
    const bytes = readFileSync(file);
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * Reads the lines of a text file one by one, also gzipped when its name ends in `.gz`, however large it is. Only a line
 * feed ends a line: vector files have words that hold other separators of Unicode.
 *
 * @throws Error when it cannot be read or unpacked.
 */
export async function* readLines(file: string): AsyncGenerator<string> {
  const bytes = createReadStream(file);
  const unpacked = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  // A pipe does not pass errors on: without this, a missing file would never end the loop below.
  bytes.on('error', (error) => unpacked.destroy(error));
  unpacked.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of unpacked) {
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    bytes.destroy();
  }
  if (rest !== '') yield rest;
}

function unreadable(file: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(
    `${file}: expected a readable file${file.endsWith('.gz') ? ' that gzip made' : ''}, found: ${why}; check its name and whether it is whole.`,
    { cause },
  );
}
