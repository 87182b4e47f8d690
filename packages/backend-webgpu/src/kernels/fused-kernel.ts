import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { type FusedKernelName, matrixShape } from '@secateur/backend/kernels';
import type { GpuBackend } from '../gpu-backend.ts';

/** Inputs of a kernel by name. */
export type Infos = Readonly<Record<string, TensorInfo>>;

/** A fused kernel over WGSL programs. */
export type GpuKernel = (
  backend: GpuBackend,
  inputs: Infos,
  attrs: NamedAttrMap,
) => TensorInfo | TensorInfo[];

/** Makes the config of a fused kernel on webgpu. */
export function fusedKernel(kernelName: FusedKernelName, kernel: GpuKernel): KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) =>
      kernel(backend as unknown as GpuBackend, inputs as Infos, attrs ?? {}),
  };
}

/** Rows and columns of the matrix that a weight is read as, for the factors `rows` and `columns` among the inputs. */
export function matrixOf(inputs: Partial<Infos>, size: number): [rows: number, columns: number] {
  return matrixShape(size, inputs['rows']?.shape[0], inputs['columns']?.shape[0]);
}
