import {
  getKernel,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

/** Registers a kernel in place of the one its backend may have, without TensorFlow.js's warning. */
export function replaceKernel(config: KernelConfig): void {
  const { kernelName, backendName } = config;
  const stock = getKernel(kernelName, backendName) as KernelConfig | undefined;
  if (stock === config) return;
  if (stock !== undefined) unregisterKernel(kernelName, backendName);
  registerKernel(config);
}
