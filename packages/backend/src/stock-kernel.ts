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

/** Finds a kernel that a backend of TensorFlow.js brings along; throws a {@link BackendError} when it has none. */
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

/** Makes a function of a kernel's config. */
export function callable({ kernelFunc }: KernelConfig): StockKernel {
  return (backend, inputs, attrs) =>
    kernelFunc({ inputs: { ...inputs }, backend, attrs }) as TensorInfo;
}
