import {
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { BackendError } from '@whittle/backend';
import type { GpuBackend } from './gpu-backend.ts';

/** Runs a kernel of one output on tensors of the WebGPU backend, outside the engine's bookkeeping. */
export type StockKernel = (
  backend: GpuBackend,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: NamedAttrMap,
) => TensorInfo;

/** Finds a kernel that TensorFlow.js's WebGPU backend brings along. */
export function stockConfig(kernelName: string): KernelConfig {
  const config = getKernel(kernelName, 'webgpu') as KernelConfig | undefined;
  if (config === undefined) {
    throw new BackendError(
      `stockConfig: expected a kernel ${kernelName} on webgpu, found none; install @tensorflow/tfjs-backend-webgpu@4.22.0 beside the same @tensorflow/tfjs-core.`,
    );
  }
  return config;
}

/** Makes a function of a kernel's config. */
export function callable({ kernelFunc }: KernelConfig): StockKernel {
  return (backend, inputs, attrs) =>
    kernelFunc({ inputs: { ...inputs }, backend, attrs }) as TensorInfo;
}
