// The WebGPU backend as TensorFlow.js has it, all fused kernels composed. It stands in where there is no package
// @whittle/backend-webgpu; vitest.shared.ts decides which of the two `#webgpu` is.
import {
  activate,
  registerDriver,
  replaceKernel,
  type Availability,
  type BackendDriver,
} from '@whittle/backend';
import { repairs } from './repairs.ts';

interface Gpu {
  requestAdapter(): Promise<object | null>;
}

/** Made once: they wrap the stock kernels, and must not wrap themselves. */
let repaired: ReturnType<typeof repairs> | undefined;

const isNode =
  (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !==
  undefined;

/** The page's or Dawn's `navigator.gpu`, which TensorFlow.js looks for as it is imported. */
async function gpu(): Promise<Gpu | undefined> {
  const holder = globalThis as { navigator?: { gpu?: Gpu } };
  if (isNode && holder.navigator?.gpu === undefined) {
    // A variable keeps a bundle for browsers from looking for the package.
    const name = 'webgpu';
    const dawn = (await import(/* @vite-ignore */ name)) as {
      create(flags: string[]): Gpu;
      globals: object;
    };
    Object.assign(globalThis, dawn.globals);
    if (holder.navigator === undefined) {
      Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
    }
    Object.defineProperty(holder.navigator, 'gpu', { value: dawn.create([]), configurable: true });
  }
  return holder.navigator?.gpu;
}

const driver: BackendDriver = {
  name: 'webgpu',
  module: '@tensorflow/tfjs-backend-webgpu',
  async probe(): Promise<Availability> {
    const adapter = await (await gpu())?.requestAdapter();
    if (adapter !== undefined && adapter !== null) {
      return { available: true, reason: 'an adapter; all fused kernels composed' };
    }
    return { available: false, reason: 'no WebGPU adapter', fix: 'see docs/backends.md' };
  },
  async start() {
    await gpu();
    await import('@tensorflow/tfjs-backend-webgpu');
    repaired ??= repairs();
    repaired.forEach(replaceKernel);
    await activate('webgpu');
  },
  versions: () => Promise.resolve({ '@tensorflow/tfjs-backend-webgpu': '4.22.0' }),
};

/** Makes the WebGPU backend known to `useBackend`. */
export function webgpuReady(): Promise<void> {
  registerDriver(driver);
  return Promise.resolve();
}
