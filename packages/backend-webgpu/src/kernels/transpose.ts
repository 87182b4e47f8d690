import {
  type KernelConfig,
  type TensorInfo,
  Transpose,
  type TransposeAttrs,
} from '@tensorflow/tfjs-core';
import { callable, stockConfig } from '@secateur/backend/kernels';
import type { GpuBackend } from '../gpu-backend.ts';
import { moved, strides } from './places.ts';

/**
 * Makes the `Transpose` kernel of every type: the stock one's program does not compile for whole numbers and booleans,
 * such as the mask of a sequence, nor for vectors.
 */
export function transposeKernel(): KernelConfig {
  const stock = stockConfig(Transpose, 'webgpu');
  return {
    ...stock,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      const { perm } = call.attrs as unknown as TransposeAttrs;
      const backend = call.backend as unknown as GpuBackend;
      const known = x.dtype === 'float32' && perm.length > 1 && perm.length < 5;
      if (known || backend.shouldExecuteOnCPU([x])) return stock.kernelFunc(call);
      const inputStrides = strides(x.shape);
      return moved(
        backend,
        x,
        perm.map((axis) => x.shape[axis]!),
        { steps: perm.map((axis) => inputStrides[axis]!) },
      );
    },
  };
}

/** Makes a tensor whose axis `k` is the axis `perm[k]` of `x`. */
export function transposed(backend: GpuBackend, x: TensorInfo, perm: number[]): TensorInfo {
  return callable(stockConfig(Transpose, 'webgpu'))(backend, { x }, { perm });
}
