import {
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { BackendError } from './backend-error.ts';

/** Runs a kernel of one output on tensors of a backend, outside the engine's bookkeeping. */
export type StockKernel = (
  backend: object,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: NamedAttrMap,
) => TensorInfo;

/**
 * Finds a kernel that a backend of TensorFlow.js brings along; throws a {@link BackendError} when it has none.
 *
 * @example
 * ```ts
 * import { getKernel, Tile } from '@tensorflow/tfjs-core';
 * import { BackendError, useBackend } from '@secateur/backend';
 * import { stockConfig } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * stockConfig(Tile, 'cpu') === getKernel(Tile, 'cpu'); // => true
 * let code = 'none';
 * try {
 *   stockConfig('NoSuchKernel', 'cpu');
 * } catch (error) {
 *   if (error instanceof BackendError) code = error.code;
 * }
 * code; // => unavailable
 * ```
 */
export function stockConfig(
  kernelName: string,
  backendName: 'cpu' | 'wasm' | 'webgpu',
): KernelConfig {
  const config = getKernel(kernelName, backendName) as KernelConfig | undefined;
  if (config === undefined) {
    throw new BackendError(
      `stockConfig: expected a kernel ${kernelName} on ${backendName}, found none; install @tensorflow/tfjs-backend-${backendName}@4.22.0 beside the same @tensorflow/tfjs-core.`,
      { code: 'unavailable' },
    );
  }
  return config;
}

/**
 * Makes a function of a kernel's config.
 *
 * @example
 * ```ts
 * import { backend, tensor1d, Tile } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { callable, stockConfig } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const x = tensor1d([1, 2]);
 * const tiled = callable(stockConfig(Tile, 'cpu'))(backend(), { x }, { reps: [2] });
 * backend().readSync(tiled.dataId); // => [1, 2, 1, 2]
 * // The engine does not know of what a kernel returns here.
 * backend().disposeData(tiled.dataId);
 * x.dispose();
 * ```
 */
export function callable({ kernelFunc }: KernelConfig): StockKernel {
  return (backend, inputs, attrs) =>
    kernelFunc({ inputs: { ...inputs }, backend, attrs }) as TensorInfo;
}
