import { backend } from '@tensorflow/tfjs-core';

/** What the WASM backend's module has besides its types. */
interface Heap {
  readonly asm: {
    /** The module's own function: the backend's refuses when the memory is full. */
    malloc(bytes: number): number;
  };
  _free(address: number): void;
}

/** 2 GiB: from here on an address is negative to whoever reads it as a signed number. */
export const SIGN_BIT = 2 ** 31;

/**
 * Takes all free room of the started WASM backend's memory below an address, so that what is made next lies above it.
 * The room is never written to, so that it costs addresses and not memory. Returns what gives it back.
 */
export function fillMemoryBelow(limit: number): () => void {
  const heap = (backend() as unknown as { readonly wasm: Heap }).wasm;
  const taken: number[] = [];
  const above: number[] = [];
  for (let bytes = 2 ** 30; bytes >= 4; bytes /= 2) {
    // A small block may come from above although there is still room for it below.
    const patience = bytes > 4096 ? 1 : 64;
    for (let misses = 0; misses < patience;) {
      const address = heap.asm.malloc(bytes) >>> 0;
      if (address === 0) break;
      if (address >= limit) misses++;
      (address >= limit ? above : taken).push(address);
    }
  }
  for (const address of above) heap._free(address);
  return () => {
    for (const address of taken.splice(0)) heap._free(address);
  };
}

/**
 * With `SECATEUR_TEST_WASM_HIGH=1`, has the tests that follow work above 2 GiB, when the started backend is wasm:
 * `npm run torture:memory` runs the numeric tests so.
 */
export function moveMemoryUp(): void {
  const { wasm } = backend() as unknown as { readonly wasm?: Heap };
  if (process.env['SECATEUR_TEST_WASM_HIGH'] === '1' && wasm !== undefined) {
    fillMemoryBelow(SIGN_BIT);
  }
}
