import { backend, type KernelConfig } from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import {
  activate,
  type Availability,
  type BackendDriver,
  replaceKernel,
} from '@secateur/backend/kernels';
import { missingDevice, onCpuByWish } from './cuda-device.ts';
import { kernels } from './kernels/kernels.ts';
import { loadedNative, loadNative } from './load-native.ts';
import {
  checkPackage,
  findPackage,
  installing,
  type NativeName,
  type NativePackage,
} from './native-package.ts';
import type { NativeBackend } from './native-backend.ts';
import { keepSignalsAway } from './signal-mask.ts';

/**
 * The driver of native TensorFlow on the CPU, through `@tensorflow/tfjs-node` or else `@tensorflow/tfjs-node-gpu`.
 *
 * @example
 * ```ts
 * import { doctor } from '@secateur/backend';
 * import { nodeDriver } from '@secateur/backend-node';
 *
 * const { available, reason, fix } = await nodeDriver.probe();
 * if (!available) console.log(`${reason}; ${fix}`);
 * const { backends } = await doctor();
 * backends.find(({ name }) => name === 'node')?.reason === reason; // => true
 * ```
 */
export const nodeDriver: BackendDriver = driver(
  'node',
  ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
  () => undefined,
);

/**
 * The driver of native TensorFlow on CUDA, through `@tensorflow/tfjs-node-gpu`. Without an NVIDIA device it does not start,
 * unless `SECATEUR_NODE_GPU=cpu` in the environment asks for the same package on its CPU device, as our tests do.
 *
 * @example
 * ```ts
 * import { useBackend } from '@secateur/backend';
 * import { nodeGpuDriver } from '@secateur/backend-node';
 *
 * // Native TensorFlow on CUDA where there is a device, else plain JavaScript.
 * const { available } = await nodeGpuDriver.probe();
 * const { name } = await useBackend(available ? 'node-gpu' : 'cpu');
 * (name === 'node-gpu') === available; // => true
 * ```
 */
export const nodeGpuDriver: BackendDriver = driver(
  'node-gpu',
  ['@tensorflow/tfjs-node-gpu'],
  missingDevice,
);

function driver(
  name: 'node' | 'node-gpu',
  candidates: readonly NativeName[],
  deviceProblem: () => Availability | undefined,
): BackendDriver {
  return {
    name,
    module: '@secateur/backend-node',
    probe: () =>
      Promise.resolve().then(() => {
        const chosen = choose(candidates);
        if (chosen === undefined) return notInstalled(candidates[0]!);
        const state = checkPackage(chosen);
        return state.available ? (deviceProblem() ?? state) : state;
      }),
    async start({ threads }) {
      checkCount(threads);
      const chosen = choose(candidates);
      const state = chosen === undefined ? notInstalled(candidates[0]!) : checkPackage(chosen);
      if (chosen === undefined || !state.available) {
        throw new BackendError(
          `useBackend: expected ${candidates[0]!} to be ready, found: ${state.reason}; ${state.fix ?? 'install it'}.`,
          { code: 'unavailable' },
        );
      }
      if (loadedNative() === undefined) await keepSignalsAway();
      loadNative(chosen, threads);
      await activate('tensorflow');
      kernels().forEach((config: KernelConfig) => replaceKernel(config));
      if (name === 'node-gpu' && !usesGpu() && !onCpuByWish()) {
        throw new BackendError(
          `useBackend: expected TensorFlow to find a CUDA device, found only the CPU; check nvidia-smi and the CUDA 11 and cuDNN 8 libraries, or use the backend node.`,
          { code: 'unavailable' },
        );
      }
    },
    features: () => ({
      tensorflow: (backend() as unknown as NativeBackend).binding.TF_Version,
      device: usesGpu() ? 'CUDA' : 'CPU',
      threads: loadedNative()?.threads ?? 'as TensorFlow chooses',
    }),
    versions: () => {
      const chosen = choose(candidates);
      return Promise.resolve(chosen === undefined ? {} : { [chosen.name]: chosen.version });
    },
  };
}

/** The package to load: the one in this process if there is one, else the first that is complete, else the first. */
function choose(candidates: readonly NativeName[]): NativePackage | undefined {
  const chosen = candidates.flatMap((name) => findPackage(name) ?? []);
  return (
    chosen.find(({ name }) => name === loadedNative()?.name) ??
    chosen.find((each) => checkPackage(each).available) ??
    chosen[0]
  );
}

function notInstalled(name: NativeName): Availability {
  return {
    available: false,
    reason: `${name} is not installed`,
    fix: installing(name),
  };
}

const usesGpu = (): boolean => (backend() as unknown as NativeBackend).isUsingGpuDevice;

function checkCount(threads: number | undefined): void {
  if (threads === undefined || (Number.isInteger(threads) && threads >= 1 && threads <= 256))
    return;
  throw new BackendError(
    `useBackend: expected threads to be a whole number from 1 to 256, found ${String(threads)}; leave it out to use every core.`,
    { code: 'argument' },
  );
}
