import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** What we need of TensorFlow.js's module, whose types leave out the memory itself. */
export interface Heap {
  readonly asm: { readonly memory: WebAssembly.Memory; malloc(bytes: number): number };
  readonly HEAPU8: Uint8Array;
  /** The address of so many bytes; `checkMemory` has it throw where there are none, and never be negative. */
  _malloc: (bytes: number) => number;
  _free(address: number): void;
  /** A function of the module with named types of its result and its arguments. */
  cwrap(name: string, result: string | null, ...rest: unknown[]): (...given: unknown[]) => unknown;
}

/** The module of a started backend. */
export function heapOf(backend: BackendWasm): Heap {
  return backend.wasm as unknown as Heap;
}
