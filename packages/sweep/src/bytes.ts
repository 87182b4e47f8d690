import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { updateHash } from '@secateur/safetensors/node';

// Node refuses to read a file beyond 2 GiB in one call.
const chunk = 1 << 28;

/** Reads all of a file, of any size that memory holds, while other work of the process goes on. */
export async function readWhole(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(size);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(chunk, size - at), null);
      // It was cut since it was opened.
      if (bytesRead === 0) return bytes.subarray(0, at);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

/** The sha256 of bytes of any number, in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  const hash = createHash('sha256');
  updateHash(hash, bytes);
  return hash.digest('hex');
}
