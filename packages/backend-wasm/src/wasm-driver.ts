import { type BackendWasm, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, engine, env, type KernelConfig } from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import {
  activate,
  type BackendDriver,
  batchNormKernel,
  penaltyFactorsKernel,
  replaceKernel,
  resizeNearestGradKernel,
} from '@secateur/backend/kernels';
import { binaryFolder } from './binary-folder.ts';
import { binaryNames, binaryPath, isFetchedInNode, readBinary } from './binaries.ts';
import { castKernel } from './cast.ts';
import { conv2dBackpropFilterKernel } from './conv2d-backprop-filter.ts';
import { convolutionKernels } from './convolution.ts';
import { convolutionGradientKernels } from './convolution-gradients.ts';
import { identityKernel } from './identity.ts';
import { checkMemory } from './memory/checked-memory.ts';
import { unsignedAddresses } from './memory/unsigned-addresses.ts';
import { oneHotKernel } from './one-hot.ts';
import { keepListeners, withoutRethrowing } from './process-listeners.ts';
import { concatKernel, splitKernel } from './simd/block-kernels.ts';
import { recurrentSequenceGradKernel, recurrentSequenceKernel } from './simd/cell-kernels.ts';
import { clipKernel } from './simd/clip-kernel.ts';
import { crossEntropyGradientKernel, crossEntropyKernel } from './simd/cross-entropy-kernels.ts';
import { distilledCrossEntropyKernel } from './simd/distilled-cross-entropy-kernel.ts';
import { simdOf } from './simd/module.ts';
import { groupSquaredNormsKernel, penalizedSquaredNormKernel } from './simd/norm-kernels.ts';
import { pairKernels } from './simd/pair-kernels.ts';
import { poolKernels } from './simd/pool-kernels.ts';
import { batchMatMulKernel, fusedMatMulKernel } from './simd/product-kernels.ts';
import { gatherKernel, scatterKernel } from './simd/row-kernels.ts';
import { sumKernel } from './simd/sum-kernel.ts';
import { updateKernels } from './simd/update-kernels.ts';
import { wasmArrays } from './wasm-arrays.ts';
import { widenedKernels } from './widened.ts';
import { defaultThreads, resizePool, threadsOf } from './threads/pool.ts';
import { sharedBinary } from './threads/shared-binary.ts';
import { canShareMemory } from './threads/workers.ts';

/** Made once: the product wraps the stock kernel, and must not wrap itself when the backend is started again. */
const kernels: readonly KernelConfig[] = [
  conv2dBackpropFilterKernel(),
  ...convolutionKernels(),
  ...convolutionGradientKernels(),
  batchMatMulKernel(),
  fusedMatMulKernel(),
  recurrentSequenceKernel(),
  recurrentSequenceGradKernel(),
  castKernel(),
  identityKernel(),
  clipKernel(),
  ...poolKernels(),
  ...pairKernels(),
  ...widenedKernels(),
  oneHotKernel(),
  batchNormKernel('wasm'),
  resizeNearestGradKernel('wasm', wasmArrays),
  crossEntropyKernel(),
  crossEntropyGradientKernel(),
  distilledCrossEntropyKernel(),
  gatherKernel(),
  scatterKernel(),
  sumKernel(),
  concatKernel(),
  splitKernel(),
  groupSquaredNormsKernel(),
  penalizedSquaredNormKernel(),
  penaltyFactorsKernel('wasm', wasmArrays),
  ...updateKernels(),
];

/**
 * The driver of TensorFlow.js's WASM backend: its binaries found, its missing kernels added, its slow ones replaced.
 *
 * @example
 * ```ts
 * import { useBackend } from '@secateur/backend';
 * import { wasmDriver } from '@secateur/backend-wasm';
 *
 * const { available } = await wasmDriver.probe();
 * available; // => true
 * await useBackend('wasm', { threads: 1 });
 * wasmDriver.features?.()['threads']; // => 1
 * ```
 */
export const wasmDriver: BackendDriver = {
  name: 'wasm',
  module: '@secateur/backend-wasm',
  probe() {
    const available = 'WebAssembly' in globalThis;
    return Promise.resolve(
      available
        ? { available, reason: 'WebAssembly on the CPU, with SIMD where the engine has it' }
        : {
            available,
            reason: 'this JavaScript engine has no WebAssembly',
            fix: 'use Node 20 or a current browser',
          },
    );
  },
  async start({ binaries = binaryFolder(), threads = defaultThreads() }) {
    checkThreads(threads);
    // An undefined folder leaves the guess to TensorFlow.js: beside the script.
    const url =
      binaries !== undefined && !isLoaded() ? await setPaths(binaries, threads) : undefined;
    kernels.forEach(replaceKernel);
    try {
      await withoutRethrowing(() => activate('wasm'));
    } catch (cause) {
      if (binaries !== undefined || isLoaded()) throw cause;
      throw new BackendError(
        `useBackend: expected the .wasm files of @tensorflow/tfjs-backend-wasm/dist beside the script, found that TensorFlow.js could not load them from there; say where they are: useBackend('wasm', { binaries: '/folder/' }).`,
        { code: 'unavailable', cause },
      );
    } finally {
      // The module is loaded, or never will be from here; the binary need not stay in memory.
      if (url !== undefined) URL.revokeObjectURL(url);
    }
    const started = backend() as BackendWasm;
    keepListeners(started);
    unsignedAddresses(started);
    checkMemory(started);
    await resizePool(started, threads);
  },
  features: () => {
    const started = backend() as BackendWasm;
    return { simd: simdOf(started)?.simd ?? 'none', threads: threadsOf(started) };
  },
  versions: () => Promise.resolve({ '@tensorflow/tfjs-backend-wasm': version_wasm }),
};

function checkThreads(threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return;
  throw new BackendError(
    `useBackend: expected threads to be a whole number from 1 to 64, found ${String(threads)}; leave it out to use every core.`,
    { code: 'argument' },
  );
}

/** Whether TensorFlow.js has its module already; where it came from no longer matters then. */
function isLoaded(): boolean {
  return 'wasm' in engine().registry;
}

/**
 * Says where the binary is that will be loaded, once it is known to be there, and has it share its memory when there are to be
 * threads; then it returns the object URL to revoke afterwards.
 */
async function setPaths(binaries: unknown, threads: number): Promise<string | undefined> {
  // TensorFlow.js's own threads need another build and blob workers, and speed up nothing but its own products.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const simd = (await env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  const path = binaryPath(binaries, binaryNames[simd ? 1 : 0]!);
  const isShared = simd && threads > 1 && canShareMemory();
  const binary = await readBinary(path, isShared ? 'whole' : 'beginning');
  const url = isShared ? await sharedBinary(binary) : undefined;
  const paths = Object.fromEntries(binaryNames.map((name) => [name, url ?? path]));
  try {
    setWasmPaths(paths, url !== undefined || isFetchedInNode(path));
  } catch (cause) {
    if (url !== undefined) URL.revokeObjectURL(url);
    throw new BackendError(
      `useBackend: expected TensorFlow.js to load ${path}, found that it failed to load another binary before and takes no other path since; start a new process or load the page again, with the right binaries the first time.`,
      { code: 'unavailable', cause },
    );
  }
  return url;
}
