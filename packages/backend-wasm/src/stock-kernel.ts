import {
  type DataType,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { BackendError } from '@whittle/backend';

/** Runs a kernel of one output on tensors of the WASM backend, outside the engine's bookkeeping. */
export type StockKernel = (
  backend: BackendWasm,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: NamedAttrMap,
) => TensorInfo;

/** Finds a kernel that TensorFlow.js's WASM backend brings along. */
export function stockConfig(kernelName: string): KernelConfig {
  const config = getKernel(kernelName, 'wasm') as KernelConfig | undefined;
  if (config === undefined) {
    throw new BackendError(
      `stockConfig: expected a kernel ${kernelName} on wasm, found none; install @tensorflow/tfjs-backend-wasm@4.22.0 beside the same @tensorflow/tfjs-core.`,
    );
  }
  return config;
}

/** Makes a function of a kernel's config. */
export function callable({ kernelFunc }: KernelConfig): StockKernel {
  return (backend, inputs, attrs) =>
    kernelFunc({ inputs: { ...inputs }, backend, attrs }) as TensorInfo;
}

/** Makes a tensor of zeros. */
export function zerosOf(backend: BackendWasm, shape: number[], dtype: DataType): TensorInfo {
  const out = backend.makeOutput(shape, dtype);
  backend.typedArrayFromHeap(out).fill(0);
  return out;
}
