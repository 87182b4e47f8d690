import type * as nodeFs from 'node:fs';
import { nodeBuiltin } from '../node-builtin.ts';
import { withMemoryShared } from './shared-memory.ts';

const file = 'tfjs-backend-wasm-simd.wasm';

/**
 * Reads TensorFlow.js's SIMD binary from where the backend would load it, and returns an object URL of the same binary
 * with a memory that threads can share; undefined when it cannot be read, and nothing but threads is lost.
 */
export async function sharedBinary(
  binaries: string | Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const path = typeof binaries === 'string' ? `${binaries}${file}` : binaries[file];
  if (path === undefined) return undefined;
  try {
    const bytes = withMemoryShared(await read(path), true);
    return URL.createObjectURL(new Blob([bytes], { type: 'application/wasm' }));
  } catch {
    return undefined;
  }
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const fs = nodeBuiltin<typeof nodeFs>('node:fs');
  if (fs !== undefined && !/^[a-z]{2,}:/i.test(path)) {
    return new Uint8Array(await fs.promises.readFile(path));
  }
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
