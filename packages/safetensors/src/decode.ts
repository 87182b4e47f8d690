import { isRecord, parseJson, shown } from '@secateur/input';
import { arrayTypes, dtypes } from './dtypes.ts';
import { fileError } from './error.ts';
import { LENGTH_BYTES, LONGEST_HEADER, METADATA_KEY, MOST_VALUES } from './limits.ts';
import type { Dtype, SafetensorsFile, SafetensorsTensor } from './types.ts';
import { decodeUtf8 } from './utf8.ts';

const WHERE = 'decodeSafetensors';

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a safetensors file. Every tensor gets an array of its own, so `bytes` can be let go.
 *
 * @throws {@link SafetensorsError} if the file is truncated, has bytes that belong to no tensor or to two, or a header
 * that is not what the format asks for.
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from '@secateur/safetensors';
 *
 * const bias = { shape: [2], data: Float32Array.of(1, 2) };
 * const { tensors, metadata } = decodeSafetensors(encodeSafetensors({ bias }, { author: 'me' }));
 * tensors['bias']; // => { shape: [2], dtype: 'F32', data: [1, 2] }
 * metadata; // => { author: 'me' }
 * ```
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  if (Object.prototype.toString.call(bytes) !== '[object Uint8Array]') {
    throw fileError(
      `${WHERE}: expected the bytes of a file as a Uint8Array, found ${typeof bytes}`,
    );
  }
  const start = LENGTH_BYTES + headerLength(bytes);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, start));
  const metadata = readMetadata(header[METADATA_KEY]);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA_KEY)
    .map(([name, info]) => readEntry(name, info));
  checkRanges(entries, bytes.length - start);

  const tensors: Record<string, SafetensorsTensor> = {};
  for (const { name, dtype, shape, begin, end } of entries) {
    // A copy starts at offset 0 of its buffer, which every element type can live with.
    const copy = new Uint8Array(end - begin);
    copy.set(bytes.subarray(start + begin, start + end));
    tensors[name] = { shape, dtype, data: new arrayTypes[dtype](copy.buffer) };
  }
  return { tensors, metadata };
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) {
    throw fileError(
      `${WHERE}: expected at least ${LENGTH_BYTES} bytes, found ${bytes.length}; is the file truncated?`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(LONGEST_HEADER)) {
    throw fileError(
      `${WHERE}: expected a header of at most ${LONGEST_HEADER} bytes, found ${length}; is this a safetensors file?`,
    );
  }
  const rest = bytes.length - LENGTH_BYTES;
  if (length > BigInt(rest)) {
    throw fileError(
      `${WHERE}: expected a header of ${length} bytes, found ${rest} bytes; is the file truncated?`,
    );
  }
  return Number(length);
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  const text = decodeUtf8(bytes, WHERE);
  if (!text.startsWith('{')) {
    throw fileError(
      `${WHERE}: expected a header that begins with "{", found ${shown(text, 40)}; is this a safetensors file?`,
    );
  }
  let header: unknown;
  try {
    header = parseJson(text, { characters: LONGEST_HEADER, values: MOST_VALUES });
  } catch (cause) {
    throw fileError(`${WHERE}: header: ${(cause as Error).message}`, { cause });
  }
  // What begins with a brace and is JSON is an object.
  return header as Record<string, unknown>;
}

function readMetadata(value: unknown): Record<string, string> {
  // Other writers say null for none, and the format's own library reads it so.
  if (value === undefined || value === null) return {};
  const valid = isRecord(value) && Object.values(value).every((text) => typeof text === 'string');
  if (!valid) {
    throw fileError(
      `${WHERE}: expected texts by key as ${METADATA_KEY}, found ${shown(value, 80)}`,
    );
  }
  return { ...(value as Record<string, string>) };
}

function readEntry(name: string, info: unknown): Entry {
  const where = `${WHERE}: tensor "${name}"`;
  const { dtype, shape, data_offsets: offsets } = isRecord(info) ? info : {};
  if (!dtypes.includes(dtype as Dtype)) {
    throw fileError(
      `${where}: expected one of the types ${dtypes.join(', ')}, found ${shown(dtype)}`,
    );
  }
  if (!isSizes(shape)) {
    throw fileError(`${where}: expected a list of whole sizes as shape, found ${shown(shape)}`);
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw fileError(`${where}: expected data_offsets [begin, end], found ${shown(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const size = arrayTypes[dtype as Dtype].BYTES_PER_ELEMENT;
  const expected = shape.reduce((product, length) => product * length, size);
  if (end - begin !== expected) {
    throw fileError(
      `${where}: expected ${expected} bytes for ${dtype as Dtype} of shape [${shape.join(', ')}], found data_offsets [${begin}, ${end}]`,
    );
  }
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

/** Tensors lie one after the other from the first byte of the data to the last: the format allows no gaps. */
function checkRanges(entries: readonly Entry[], available: number): void {
  let end = 0;
  let previous = 'the header';
  const inOrder = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const entry of inOrder) {
    if (entry.begin !== end) {
      const trouble = entry.begin < end ? 'an overlap' : 'a gap';
      throw fileError(
        `${WHERE}: expected tensor "${entry.name}" at byte ${end} of the data, after ${previous}, found it at byte ${entry.begin}: ${trouble}`,
      );
    }
    end = entry.end;
    previous = `"${entry.name}"`;
    if (end > available) {
      throw fileError(
        `${WHERE}: expected ${end} bytes of data for tensor "${entry.name}", found ${available}; is the file truncated?`,
      );
    }
  }
  if (end !== available) {
    throw fileError(
      `${WHERE}: expected the data to end at byte ${end}, after ${previous}, found ${available} bytes; the rest belongs to no tensor`,
    );
  }
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
