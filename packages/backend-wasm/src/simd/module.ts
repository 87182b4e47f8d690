import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { plain, relaxed } from './binaries.js';
import { checkMemory } from '../memory/checked-memory.ts';
import { type Heap, heapOf } from '../memory/heap.ts';
import { withMemoryShared } from '../threads/shared-memory.ts';
import type { WorkerSetup } from '../threads/workers.ts';
import type { Address, KernelExports } from './exports.ts';

/** Our kernels, working in the memory of one WASM backend. */
export interface SimdModule {
  /** Which build the engine took. */
  readonly simd: 'plain' | 'relaxed';
  /** Whether the memory is one that workers can share. */
  readonly shared: boolean;
  /** The kernels. */
  readonly kernels: KernelExports;
  /** Where a tensor's values lie; valid as long as the tensor, also when the memory grows. */
  address(info: TensorInfo): Address;
  /** Float64 numbers in the memory, not a copy; valid until the next allocation. */
  float64(address: Address, count: number): Float64Array;
  /** Words of 32 bits in the memory, likewise. */
  words(address: Address, count: number): Int32Array;
  /**
   * Runs `work` with `bytes` of scratch memory, 16-aligned, that is returned afterwards.
   *
   * @throws BackendError when the memory cannot grow by as much.
   */
  withScratch<T>(bytes: number, work: (address: Address) => T): T;
  /** What another worker of the pool needs, with scratch space of its own. */
  workerSetup(): WorkerSetup;
}

const modules = new WeakMap<object, SimdModule | undefined>();

/**
 * The kernels for a started backend, compiled at the first call; undefined where the engine has no SIMD, or where the
 * backend's memory is one that our module cannot import.
 */
export function simdOf(backend: BackendWasm): SimdModule | undefined {
  const heap = heapOf(backend);
  if (!modules.has(heap)) modules.set(heap, instantiate(backend, heap));
  return modules.get(heap);
}

/**
 * Makes {@link simdOf} give a backend one build, or none as where there is no SIMD; without a name the best again. Says
 * whether the backend has it now. For tests, which must not depend on what the engine can do.
 */
export function useBuild(
  backend: BackendWasm,
  build: SimdModule['simd'] | 'none' | undefined,
): boolean {
  const chosen = builds.filter(([simd]) => build === undefined || simd === build);
  const heap = heapOf(backend);
  modules.set(heap, instantiate(backend, heap, chosen));
  return build === 'none' || modules.get(heap) !== undefined;
}

const builds = [
  ['relaxed', relaxed],
  ['plain', plain],
] as const;

function instantiate(
  backend: BackendWasm,
  heap: Heap,
  candidates: readonly (readonly [SimdModule['simd'], string])[] = builds,
): SimdModule | undefined {
  checkMemory(backend);
  const { memory } = heap.asm;
  const shared =
    typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  for (const [simd, base64] of candidates) {
    const binary = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    if (!WebAssembly.validate(binary)) continue;
    // Small enough that engines allow it at once on a page's main thread.
    const module = new WebAssembly.Module(withMemoryShared(binary, shared));
    try {
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      const kernels = exports as unknown as KernelExports;
      const control = reserve(heap, kernels.controlSize());
      heap.HEAPU8.fill(0, control, control + kernels.controlSize());
      kernels.attach(control, reserve(heap, kernels.gemmScratch()));
      return {
        simd,
        shared,
        kernels,
        address: ({ dataId }) => backend.getMemoryOffset(dataId),
        float64: (address, count) => new Float64Array(heap.asm.memory.buffer, address, count),
        words: (address, count) => new Int32Array(heap.asm.memory.buffer, address, count),
        withScratch: (bytes, work) => withScratch(heap, bytes, work),
        workerSetup: () => {
          return { module, memory, control, scratch: reserve(heap, kernels.gemmScratch()) };
        },
      };
    } catch (error) {
      // A memory that TensorFlow.js made otherwise than ours declares it: the stock kernels stay.
      if (!(error instanceof WebAssembly.LinkError)) throw error;
    }
  }
  return undefined;
}

/** Takes memory, 16-aligned, for as long as the backend lives. */
function reserve(heap: Heap, bytes: number): Address {
  return aligned(heap._malloc(bytes + 15));
}

function withScratch<T>(heap: Heap, bytes: number, work: (address: Address) => T): T {
  const address = heap._malloc(bytes + 15);
  try {
    return work(aligned(address));
  } finally {
    heap._free(address);
  }
}

/** The next multiple of 16; JavaScript's bitwise operators give signed numbers, negative above 2 GiB. */
function aligned(address: Address): Address {
  return ((address + 15) & -16) >>> 0;
}
