import {
  backend,
  setBackend,
  type DataType,
  type KernelBackend,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { describe, useBackend, type BackendOptions } from '@secateur/backend';
import {
  replaceKernel,
  segmentSumKernel,
  type ArrayBackend,
  type BackendDriver,
  type TensorArray,
} from '@secateur/backend/kernels';
import { Skip } from './process/contender.ts';
import { simdHere } from './process/simd.ts';

/** Starts our WASM backend and says which build of the kernels and how many threads it took, if it tells. */
export async function startOurs(threads: number): Promise<Record<string, number | string>> {
  await import('@secateur/backend-wasm');
  await useBackend('wasm', { threads } as BackendOptions);
  const { simd = simdHere(), threads: threadsTaken } = describe() as {
    simd?: string;
    threads?: number;
  };
  return { simd, ...(threadsTaken !== undefined && { threadsTaken }) };
}

/** Starts native TensorFlow and says which; a {@link Skip} where its library is missing. */
export async function startNative(threads: number): Promise<Record<string, number | string>> {
  const { nodeDriver } = await import('@secateur/backend-node');
  return startProbed(nodeDriver, { threads });
}

/** Starts a backend if it can start here, and says what it took. */
async function startProbed(
  driver: BackendDriver,
  options?: BackendOptions,
): Promise<Record<string, number | string>> {
  const { available, reason } = await driver.probe();
  if (!available) throw new Skip(reason);
  const { features } = await useBackend(driver.name, options);
  return { ...features };
}

const arrays: ArrayBackend = {
  allocate: (wasm, shape, dtype: DataType): TensorInfo =>
    (wasm as BackendWasm).makeOutput(shape, dtype),
  view: (wasm, info) => (wasm as BackendWasm).typedArrayFromHeap(info) as TensorArray,
};

/**
 * Starts one of TensorFlow.js's own backends with its own kernels. On wasm the sum that an embedding's gradient needs
 * is added, because without it nothing with an embedding trains there at all.
 */
export async function startStock(name: 'wasm' | 'cpu'): Promise<void> {
  if (name === 'wasm') {
    await import('@tensorflow/tfjs-backend-wasm');
    replaceKernel(segmentSumKernel('wasm', arrays));
  } else {
    await import('@tensorflow/tfjs-backend-cpu');
  }
  if (!(await setBackend(name))) {
    throw new Error(`startStock: expected TensorFlow.js to start ${name}, found that it did not.`);
  }
  // Its advice to install another backend would only be noise.
  if (name === 'cpu') (backend() as KernelBackend & { firstUse: boolean }).firstUse = false;
}

/** Starts WebGPU and says on which adapter; a {@link Skip} where there is none. */
async function startWebgpu(): Promise<Record<string, number | string>> {
  const { webgpuDriver } = await import('@secateur/backend-webgpu');
  return startProbed(webgpuDriver);
}

/** Our WASM backend, native TensorFlow, WebGPU, our cells in plain JavaScript, or the stock WASM kernels. */
export type AnyBackend = 'ours' | 'native' | 'webgpu' | 'cpu' | 'stock';

/** Starts one of them and says what it took. */
export async function startAny(
  name: AnyBackend,
  threads: number,
): Promise<Record<string, number | string>> {
  if (name === 'ours') return startOurs(threads);
  if (name === 'native') return startNative(threads);
  if (name === 'webgpu') return startWebgpu();
  if (name === 'cpu') {
    await useBackend('cpu');
    return {};
  }
  await startStock('wasm');
  return {};
}
