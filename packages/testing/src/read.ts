import { dispose, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** What a tensor held. */
export interface Values {
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its values, row-major. */
  readonly data: Float32Array;
}

/**
 * Runs `compute` in a tidy and reads what it returns without blocking: on WebGPU in Node there is no other way. The
 * tensors are disposed.
 */
export async function read(compute: () => readonly Tensor[]): Promise<Values[]> {
  const tensors = tidy(() => [...compute()]);
  try {
    return await Promise.all(
      tensors.map(async (each) => ({
        shape: [...each.shape],
        data: new Float32Array(await each.data()),
      })),
    );
  } finally {
    dispose(tensors);
  }
}

/** Digest of the bits of some values, FNV-1a over their bytes: two runs are the same or they are not. */
export function digest(values: readonly Values[]): string {
  let hash = 0x811c9dc5;
  for (const { data } of values) {
    for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
