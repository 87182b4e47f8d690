import { typeName } from '@secateur/input';
import { arrayTypes, defaultDtype, dtypes, holds } from './dtypes.ts';
import { tensorsError } from './error.ts';
import { ALIGNMENT, LENGTH_BYTES, LONGEST_HEADER, METADATA_KEY } from './limits.ts';
import type { Dtype, SafetensorsInput } from './types.ts';
import { encodeUtf8 } from './utf8.ts';

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * Writes tensors as a safetensors file. The bytes depend only on the contents: tensors are sorted by the width of
 * their elements and then by name, metadata by key, whatever order the records have.
 *
 * @throws {@link SafetensorsError} naming the tensor, if its shape does not fit its data or its type cannot be written.
 *
 * @example
 * ```ts
 * import { encodeSafetensors } from '@secateur/safetensors';
 *
 * const bytes = encodeSafetensors({ bias: { shape: [2], data: Float32Array.of(1, 2) } });
 * // Eight bytes tell how long the header is, and the numbers come last.
 * const header = new TextDecoder().decode(bytes.subarray(8, -8)).trim();
 * header; // => {"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}
 * new Float32Array(bytes.slice(-8).buffer); // => [1, 2]
 * ```
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafetensorsInput>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  requireRecord(tensors, 'tensors by name');
  requireRecord(metadata, 'metadata texts by key');
  const entries = Object.entries(tensors).map(([name, tensor]) => readEntry(name, tensor));
  entries.sort(
    (a, b) => dtypes.indexOf(a.dtype) - dtypes.indexOf(b.dtype) || compareNames(a.name, b.name),
  );

  const header = encodeHeader(entries, metadata);
  const start = LENGTH_BYTES + header.length;
  const size = entries.reduce((sum, { bytes }) => sum + bytes.length, start);
  const file = new Uint8Array(size);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, LENGTH_BYTES);
  let offset = start;
  for (const { bytes } of entries) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

function encodeHeader(
  entries: readonly Entry[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const parts: string[] = [];
  const texts = Object.entries(metadata).sort(([a], [b]) => compareNames(a, b));
  for (const [key, text] of texts) {
    if (key === '__proto__') {
      throw tensorsError(
        `encodeSafetensors: expected another key of metadata than "${key}", which no reader of ours takes; rename it`,
      );
    }
    if (typeof text !== 'string') {
      throw tensorsError(
        `encodeSafetensors: expected text as metadata "${key}", found ${typeof text}; write other values with JSON.stringify`,
      );
    }
  }
  if (texts.length > 0) {
    const pairs = texts.map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`);
    parts.push(`${JSON.stringify(METADATA_KEY)}:{${pairs.join(',')}}`);
  }
  let offset = 0;
  for (const { name, dtype, shape, bytes } of entries) {
    const offsets = [offset, offset + bytes.length];
    parts.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: offsets })}`,
    );
    offset += bytes.length;
  }
  const text = encodeUtf8(`{${parts.join(',')}}`);
  const header = new Uint8Array(Math.ceil(text.length / ALIGNMENT) * ALIGNMENT).fill(0x20);
  if (header.length > LONGEST_HEADER) {
    throw tensorsError(
      `encodeSafetensors: expected a header of at most ${LONGEST_HEADER} bytes, found ${header.length}; shorten the metadata`,
    );
  }
  header.set(text);
  return header;
}

function readEntry(name: string, tensor: SafetensorsInput): Entry {
  const where = `encodeSafetensors: tensor "${name}"`;
  if (name === METADATA_KEY || name === '__proto__') {
    throw tensorsError(`${where}: expected another name, found a reserved one; rename the tensor`);
  }
  if (typeof tensor !== 'object' || tensor === null) {
    throw tensorsError(`${where}: expected { shape, data }, found ${typeName(tensor)}`);
  }
  const { data, dtype = defaultDtype(data) } = tensor;
  if (dtype === undefined || !dtypes.includes(dtype)) {
    throw tensorsError(
      dtype === undefined
        ? `${where}: expected a typed array as data, found ${typeName(data)}`
        : `${where}: expected one of the types ${dtypes.join(', ')}, found "${String(dtype)}"`,
    );
  }
  if (!holds(dtype, data)) {
    throw tensorsError(
      `${where}: expected a ${arrayTypes[dtype].name} for type ${dtype}, found ${typeName(data)}`,
    );
  }
  // A copy has no holes, which no check of an array looks at.
  const shape = Array.isArray(tensor.shape) ? Array.from(tensor.shape) : undefined;
  if (shape?.every((size) => Number.isSafeInteger(size) && size >= 0) !== true) {
    throw tensorsError(
      `${where}: expected a list of whole sizes as shape, found ${JSON.stringify(tensor.shape)}`,
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) {
    throw tensorsError(
      `${where}: expected ${count} elements for shape [${shape.join(', ')}], found ${data.length}`,
    );
  }
  if (dtype === 'BOOL' && (data as Uint8Array).some((value) => value > 1)) {
    throw tensorsError(`${where}: expected only 0 and 1 for type BOOL, found other values`);
  }
  return {
    name,
    dtype,
    shape,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function requireRecord(value: unknown, what: string): void {
  // What a Map, a list or another collection holds is not among its properties.
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) {
    throw tensorsError(`encodeSafetensors: expected ${what}, found ${typeName(value)}`);
  }
}

/** The order of UTF-8 bytes, which is that of code points, so not JavaScript's own beyond the first plane. */
function compareNames(a: string, b: string): number {
  const [left, right] = [encodeUtf8(a), encodeUtf8(b)];
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    if (left[i] !== right[i]) return left[i]! - right[i]!;
  }
  return left.length - right.length;
}
