// TensorFlow.js's binaries: which it is going to load, and whether that is there. TensorFlow.js itself says of a file that it cannot
// load neither which it was nor why, and refuses any other path from then on.
import type * as nodeFs from 'node:fs';
import { BackendError } from '@secateur/backend';
import { nodeBuiltin } from '@secateur/backend/kernels';

/** The binaries of TensorFlow.js's package. */
export const binaryNames: readonly string[] = ['', '-simd', '-threaded-simd'].map(
  (build) => `tfjs-backend-wasm${build}.wasm`,
);

/** Finds the path or URL of a binary in what the option `binaries` says; a folder may lack its last slash. */
export function binaryPath(binaries: unknown, name: string): string {
  if (typeof binaries === 'string' && binaries !== '') {
    return /[\\/]$/.test(binaries) ? `${binaries}${name}` : `${binaries}/${name}`;
  }
  if (typeof binaries !== 'object' || binaries === null) {
    throw wrongBinaries(
      'a folder or an object with the path of each file',
      binaries === '' ? '""' : String(binaries),
    );
  }
  const path = (binaries as Readonly<Record<string, unknown>>)[name];
  if (typeof path === 'string' && path !== '') return path;
  throw wrongBinaries(`the path of ${name}`, `keys ${Object.keys(binaries).join(', ') || 'none'}`);
}

function wrongBinaries(expected: string, found: string): BackendError {
  return new BackendError(
    `useBackend: expected binaries to be ${expected}, found ${found}; say where the .wasm files of @tensorflow/tfjs-backend-wasm/dist are.`,
    { code: 'argument' },
  );
}

/**
 * Reads a binary from a path or URL, the whole of it or of an address only the beginning; throws a {@link BackendError} that names it
 * when it cannot be had or is something else.
 */
export async function readBinary(
  path: string,
  part: 'whole' | 'beginning',
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await read(path, part);
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), error);
  }
  // Servers often answer an unknown address with a page.
  const isWasm = [0, 0x61, 0x73, 0x6d].every((byte, at) => bytes[at] === byte);
  if (!isWasm) throw unreadable(path, 'a file that is no WebAssembly');
  return bytes;
}

function unreadable(path: string, found: string, cause?: unknown): BackendError {
  return new BackendError(
    `useBackend: expected a binary of TensorFlow.js at ${path}, found: ${found}; say with binaries where the .wasm files of @tensorflow/tfjs-backend-wasm/dist are.`,
    { code: 'unavailable', cause },
  );
}

async function read(path: string, part: 'whole' | 'beginning'): Promise<Uint8Array<ArrayBuffer>> {
  const fs = nodeBuiltin<typeof nodeFs>('node:fs');
  const file = fileOf(path);
  if (fs !== undefined && file !== undefined) {
    return new Uint8Array(await fs.promises.readFile(file));
  }
  const response = await fetch(path);
  if (!response.ok) throw new Error(`the answer ${response.status}`);
  if (part === 'whole' || response.body === null) {
    return new Uint8Array(await response.arrayBuffer());
  }
  // TensorFlow.js is going to fetch it: enough to see what it is.
  const reader = response.body.getReader();
  let beginning = new Uint8Array(0);
  while (beginning.length < 4) {
    const { value } = await reader.read();
    if (value === undefined) break;
    beginning = new Uint8Array([...beginning, ...value.subarray(0, 4)]);
  }
  await reader.cancel();
  return beginning;
}

/** Whether TensorFlow.js has to fetch a path: in Node it would look for an address among its files. */
export const isFetchedInNode = (path: string): boolean =>
  nodeBuiltin('node:fs') !== undefined && fileOf(path) === undefined;

/** What Node reads from its file system: a path, also one with a drive, or a file URL; undefined for an address to fetch. */
export function fileOf(path: string): string | URL | undefined {
  if (/^file:/i.test(path)) return new URL(path);
  return /^[a-z]{2,}:/i.test(path) ? undefined : path;
}
