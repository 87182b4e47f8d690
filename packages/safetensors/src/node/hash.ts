import type { Hash } from 'node:crypto';
import { chunk } from './chunk.ts';

/**
 * Adds bytes of any number to a hash.
 *
 * @example
 * ```ts
 * import { createHash } from 'node:crypto';
 * import { updateHash } from '@secateur/safetensors/node';
 *
 * const hash = createHash('sha256');
 * updateHash(hash, Float32Array.of(1, 2));
 * hash.digest('hex').slice(0, 8); // => b9c80b5a
 * ```
 */
export function updateHash(hash: Hash, view: ArrayBufferView): void {
  const { buffer, byteOffset, byteLength } = view;
  for (let at = 0; at < byteLength; at += chunk) {
    hash.update(new Uint8Array(buffer, byteOffset + at, Math.min(chunk, byteLength - at)));
  }
}
