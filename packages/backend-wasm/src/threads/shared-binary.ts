import type * as nodeFs from 'node:fs';
import { nodeBuiltin } from '../node-builtin.ts';
import { withMemoryShared } from './shared-memory.ts';

const file = 'tfjs-backend-wasm-simd.wasm';

/**
 * Reads TensorFlow.js's SIMD binary from where the backend would load it, and returns an object URL of the same binary
 * with a memory that threads can share; undefined when either cannot be read, and nothing but threads is lost. The
 * caller revokes the URL.
 */
export async function sharedBinary(
  binaries: string | Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const path = typeof binaries === 'string' ? `${binaries}${file}` : binaries[file];
  if (path === undefined) return undefined;
  try {
    const bytes = withMemoryShared(await read(path), true);
    return await readable(URL.createObjectURL(new Blob([bytes], { type: 'application/wasm' })));
  } catch {
    return undefined;
  }
}

/** The URL, if it can be fetched: a page whose content policy has no `connect-src blob:` forbids it. */
async function readable(url: string): Promise<string | undefined> {
  try {
    await fetch(url);
    return url;
  } catch {
    URL.revokeObjectURL(url);
    return undefined;
  }
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const fs = nodeBuiltin<typeof nodeFs>('node:fs');
  const file = fileOf(path);
  if (fs !== undefined && file !== undefined) {
    return new Uint8Array(await fs.promises.readFile(file));
  }
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** What Node reads from its file system: a path, also one with a drive, or a file URL; undefined for an address to fetch. */
export function fileOf(path: string): string | URL | undefined {
  if (/^file:/i.test(path)) return new URL(path);
  return /^[a-z]{2,}:/i.test(path) ? undefined : path;
}
