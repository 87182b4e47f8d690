import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { createGunzip, gunzipSync } from 'node:zlib';
import { fileTrouble, openRegularFile, readRegularFile } from '@secateur/safetensors/node';

/** Most bytes of a text, unpacked: a string of JavaScript holds little more. */
const LONGEST = 500_000_000;
/** Most characters of a line that is read by itself. */
const LONGEST_LINE = 1_000_000;

/**
 * Reads a text file in UTF-8, also gzipped when its name ends in `.gz`; a byte order mark is dropped.
 *
 * @throws Error when it cannot be read or unpacked, has more than 500,000,000 bytes, or is in another encoding.
 */
export function readText(file: string): string {
  let bytes: Uint8Array;
  try {
    const read = readRegularFile(file, { follow: true });
    bytes = isPacked(file) ? gunzipSync(read, { maxOutputLength: LONGEST }) : read;
  } catch (error) {
    throw unreadable(file, error);
  }
  if (bytes.length > LONGEST) {
    throw unreadable(file, `more than ${LONGEST} bytes`);
  }
  const text = decoded(bytes);
  if (text === undefined || text.includes('\0')) throw notUtf8(file, bytes);
  return text;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Reads the lines of a text file one by one, also gzipped when its name ends in `.gz`, however large it is. Only a line
 * feed ends a line, and a carriage return before it belongs to the end: vector files have words that hold other
 * separators of Unicode. Bytes that are no UTF-8 become U+FFFD; a byte order mark is dropped.
 *
 * @throws Error when it cannot be read or unpacked, is in UTF-16, or has a line of more than 1,000,000 characters.
 */
export async function* readLines(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const bytes of readBytes(file)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop()!;
    if (rest.length > LONGEST_LINE) throw longLine(file);
    for (const line of lines) yield checked(line, file);
  }
  rest += decoder.decode();
  if (rest !== '') yield checked(rest, file);
}

/**
 * Reads a text file in UTF-8 piece by piece, also gzipped when its name ends in `.gz`, however large it is and however long
 * its lines are; a byte order mark is dropped.
 *
 * @throws Error when it cannot be read or unpacked, or is in another encoding.
 */
export async function* readPieces(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes: Uint8Array, stream: boolean): string => {
    let text: string;
    try {
      text = decoder.decode(bytes, { stream });
    } catch {
      throw notUtf8(file, bytes);
    }
    if (text.includes('\0')) throw notUtf8(file);
    return text;
  };
  for await (const bytes of readBytes(file)) yield decode(bytes, true);
  yield decode(new Uint8Array(), false);
}

/**
 * SHA-256 of the bytes of a file as they lie on the disk, gzipped or not, in hexadecimal.
 *
 * @throws Error when it cannot be read.
 */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of readBytes(file, false)) hash.update(bytes);
  return hash.digest('hex');
}

/** The bytes of a file as they come, unpacked if it is packed. */
async function* readBytes(file: string, unpack = isPacked(file)): AsyncGenerator<Uint8Array> {
  const bytes = openStream(file);
  const unpacked = unpack ? bytes.pipe(createGunzip()) : bytes;
  // A pipe does not pass errors on: without this, a missing file would never end the loop below.
  bytes.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const chunk of unpacked) yield chunk as Uint8Array;
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    // Not before it is closed can Windows rename or remove it.
    bytes.destroy();
    if (!bytes.closed) await new Promise<void>((resolve) => bytes.once('close', resolve));
  }
}

function openStream(file: string): ReadStream {
  try {
    return createReadStream(file, {
      fd: openRegularFile(file, { follow: true }),
      highWaterMark: 1 << 18,
    });
  } catch (error) {
    throw unreadable(file, error);
  }
}

function checked(line: string, file: string): string {
  if (line.includes('\0')) throw notUtf8(file);
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

const isPacked = (file: string): boolean => /\.gz$/i.test(file);

function longLine(file: string): Error {
  return new Error(
    `${file}: expected lines of at most ${LONGEST_LINE} characters, found a longer one; is it the right file?`,
  );
}

/** Read as UTF-8, such a text would be one of other words, and nobody would notice. */
function notUtf8(file: string, bytes?: Uint8Array): Error {
  const wide = bytes === undefined || bytes.includes(0);
  return new Error(
    `${file}: expected text in UTF-8, found ${wide ? 'UTF-16, as ">" of Windows PowerShell writes it' : 'bytes that are none, as of Windows-1252'}; save it as UTF-8.`,
  );
}

function unreadable(file: string, cause: unknown): Error {
  const { found, advice } = fileTrouble(cause);
  return new Error(
    `${file}: expected a readable file${isPacked(file) ? ' that gzip made' : ''}, found ${found}; ${advice}, and whether it is whole.`,
    { cause },
  );
}
