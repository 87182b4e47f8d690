import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as nodeOs from 'node:os';
import { nodeBuiltin } from '@secateur/backend/kernels';
import { simdOf } from '../simd/module.ts';
import { canShareMemory, type PoolWorker, startWorker } from './workers.ts';

/** More threads than this share one memory bus too far to help a product of the sizes that recurrent networks have. */
const mostThreads = 8;

const pools = new WeakMap<object, PoolWorker[]>();

/** How many threads to use when nobody says: one for each core that the process may use. */
export function defaultThreads(): number {
  if (!canShareMemory()) return 1;
  const os = nodeBuiltin<typeof nodeOs>('node:os');
  const cores =
    os?.availableParallelism() ??
    (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency;
  return Math.max(1, Math.min(mostThreads, cores ?? 1));
}

/** How many threads a started backend has now. */
export function threadsOf(backend: BackendWasm): number {
  const module = simdOf(backend);
  return 1 + ((module && pools.get(module)?.length) ?? 0);
}

/**
 * Gives a started backend `threads` threads, the calling one included, and returns how many it got: one when its memory
 * is not shared or no worker can start.
 */
export async function resizePool(backend: BackendWasm, threads: number): Promise<number> {
  const module = simdOf(backend);
  if (module === undefined) return 1;
  const workers = pools.get(module) ?? [];
  pools.set(module, workers);
  // Between two kernels no worker is at work.
  while (workers.length > threads - 1) workers.pop()!.terminate();
  if (module.shared) {
    try {
      while (workers.length < threads - 1) workers.push(await startWorker(module.workerSetup()));
    } catch {
      // Fewer threads give the same numbers, later.
    }
  }
  module.kernels.setThreads(workers.length + 1, nodeBuiltin('node:worker_threads') ? 1 : 0);
  return workers.length + 1;
}
