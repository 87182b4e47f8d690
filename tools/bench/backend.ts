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

const arrays: ArrayBackend = {
  allocate: (wasm, shape, dtype: DataType): TensorInfo =>
    (wasm as BackendWasm).makeOutput(shape, dtype),
  view: (wasm, info) => (wasm as BackendWasm).typedArrayFromHeap(info) as TensorArray,
};

/** Our WASM backend, native TensorFlow, WebGPU, our cells in plain JavaScript, or TensorFlow.js's own kernels. */
export type AnyBackend = 'ours' | 'native' | 'webgpu' | 'cpu' | 'stock' | 'stock cpu';

/** Starts one of them and says what it took, such as the build of our kernels; a {@link Skip} where it cannot start here. */
export async function startAny(
  name: AnyBackend,
  threads: number,
): Promise<Record<string, number | string>> {
  switch (name) {
    case 'ours': {
      await import('@secateur/backend-wasm');
      await useBackend('wasm', { threads } as BackendOptions);
      const { simd = simdHere(), threads: threadsTaken } = describe() as {
        simd?: string;
        threads?: number;
      };
      return { simd, ...(threadsTaken !== undefined && { threadsTaken }) };
    }
    case 'native':
      return startProbed((await import('@secateur/backend-node')).nodeDriver, { threads });
    case 'webgpu':
      return startProbed((await import('@secateur/backend-webgpu')).webgpuDriver);
    case 'cpu':
      await useBackend('cpu');
      return {};
    case 'stock':
      await import('@tensorflow/tfjs-backend-wasm');
      // The sum that an embedding's gradient needs, without which nothing with an embedding trains there at all.
      replaceKernel(segmentSumKernel('wasm', arrays));
      return startStock('wasm');
    case 'stock cpu':
      await import('@tensorflow/tfjs-backend-cpu');
      await startStock('cpu');
      // Its advice to install another backend would only be noise.
      (backend() as KernelBackend & { firstUse: boolean }).firstUse = false;
      return {};
  }
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

/** Starts one of TensorFlow.js's own backends with its own kernels. */
async function startStock(name: 'wasm' | 'cpu'): Promise<Record<string, never>> {
  if (await setBackend(name)) return {};
  throw new Error(`bench: expected TensorFlow.js to start ${name}, found that it did not.`);
}
