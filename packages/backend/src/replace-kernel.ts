import {
  getKernel,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/**
 * Registers a kernel in place of the one its backend may have, without TensorFlow.js's warning.
 *
 * @example
 * ```ts
 * import { getKernel } from '@tensorflow/tfjs-core';
 * import { replaceKernel } from '@secateur/backend/kernels';
 *
 * const stock = { kernelName: 'Double', backendName: 'mine', kernelFunc: () => [] };
 * const better = { ...stock };
 * replaceKernel(stock);
 * replaceKernel(better);
 * getKernel('Double', 'mine') === better; // => true
 * ```
 */
export function replaceKernel(config: KernelConfig): void {
  const { kernelName, backendName } = config;
  const stock = getKernel(kernelName, backendName) as KernelConfig | undefined;
  if (stock === config) return;
  if (stock !== undefined) unregisterKernel(kernelName, backendName);
  registerKernel(config);
}
