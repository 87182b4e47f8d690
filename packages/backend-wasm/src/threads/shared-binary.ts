import { withMemoryShared } from './shared-memory.ts';

/**
 * Returns an object URL of a binary of TensorFlow.js with a memory that threads can share; undefined where none can be made or
 * fetched, and nothing but threads is lost. The caller revokes the URL.
 */
export async function sharedBinary(binary: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  try {
    const bytes = withMemoryShared(binary, true);
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
