import { createHash } from 'node:crypto';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { expect } from 'vitest';

/** A digest of all bits of some tensors. */
function bitsOf(tensors: readonly Tensor[]): string {
  const hash = createHash('sha256');
  for (const tensor of tensors) hash.update(new Uint8Array(tensor.dataSync().slice().buffer));
  return hash.digest('hex');
}

/** What `compute` gives with 1, 2, 3 and again 1 thread; its tensors are disposed. */
export async function bitsByThreads(compute: () => Tensor[]): Promise<string[]> {
  const all: string[] = [];
  for (const threads of [1, 2, 3, 1]) {
    const { features } = await useBackend('wasm', { threads });
    expect(features['threads']).toBe(threads);
    // Again and again: who takes which chunk differs from time to time.
    for (let round = 0; round < 5; round++) {
      const tensors = compute();
      all.push(bitsOf(tensors));
      dispose(tensors);
    }
  }
  return all;
}
