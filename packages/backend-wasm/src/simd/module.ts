import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { BackendError } from '@whittle/backend';
import { plain, relaxed } from './binaries.js';
import type { Address, KernelExports } from './exports.ts';

/** Our kernels, working in the memory of one WASM backend. */
export interface SimdModule {
  /** Which build the engine took. */
  readonly simd: 'plain' | 'relaxed';
  /** The kernels. */
  readonly kernels: KernelExports;
  /** Where a tensor's values lie; valid as long as the tensor, also when the memory grows. */
  address(info: TensorInfo): Address;
  /** Float64 numbers in the memory, not a copy; valid until the next allocation. */
  float64(address: Address, count: number): Float64Array;
  /**
   * Runs `work` with `bytes` of scratch memory, 16-aligned, that is returned afterwards.
   *
   * @throws BackendError when the memory cannot grow by as much.
   */
  withScratch<T>(bytes: number, work: (address: Address) => T): T;
}

/** What our module needs of TensorFlow.js's, whose types leave out the memory itself. */
interface Heap {
  readonly asm: { readonly memory: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

const modules = new WeakMap<object, SimdModule | undefined>();

/**
 * The kernels for a started backend, compiled at the first call; undefined where the engine has no SIMD, or where the
 * backend's memory is one that our module cannot import.
 */
export function simdOf(backend: BackendWasm): SimdModule | undefined {
  const heap = backend.wasm as unknown as Heap;
  if (!modules.has(heap)) modules.set(heap, instantiate(backend, heap));
  return modules.get(heap);
}

const builds = [
  ['relaxed', relaxed],
  ['plain', plain],
] as const;

function instantiate(backend: BackendWasm, heap: Heap): SimdModule | undefined {
  for (const [simd, base64] of builds) {
    const binary = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    if (!WebAssembly.validate(binary)) continue;
    try {
      // Small enough that engines allow it at once on a page's main thread.
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), {
        env: { memory: heap.asm.memory },
      });
      return {
        simd,
        kernels: exports as unknown as KernelExports,
        address: ({ dataId }) => backend.getMemoryOffset(dataId),
        float64: (address, count) => new Float64Array(heap.asm.memory.buffer, address, count),
        withScratch: (bytes, work) => withScratch(heap, bytes, work),
      };
    } catch (error) {
      // The threaded build's memory is shared, which a module must declare: the stock kernels stay.
      if (!(error instanceof WebAssembly.LinkError)) throw error;
    }
  }
  return undefined;
}

function withScratch<T>(heap: Heap, bytes: number, work: (address: Address) => T): T {
  const address = heap._malloc(bytes + 15);
  if (address === 0) {
    throw new BackendError(
      `wasm: expected room for ${bytes} bytes of scratch memory, found none; WebAssembly has at most 4 GiB, so use a smaller batch or fewer steps.`,
    );
  }
  try {
    return work((address + 15) & -16);
  } finally {
    heap._free(address);
  }
}
