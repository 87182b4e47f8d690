import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  AvgPool,
  type KernelConfig,
  MaxPool,
  MaxPool3D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {
  averagePool,
  type PoolAttributes,
  poolKernels as arrayPoolKernels,
  poolWindows,
} from '@secateur/backend/kernels';
import { wasmArrays } from '../wasm-arrays.ts';
import { simdOf } from './module.ts';

/**
 * Makes the kernels of pooling. The stock ones skip NaN or make it a number, take a maximum of negative numbers for a
 * positive one (in volumes and in all gradients), and divide gradients of means by entries in the padding.
 */
export function poolKernels(): KernelConfig[] {
  const loops = arrayPoolKernels('wasm', wasmArrays);
  const means: KernelConfig = {
    kernelName: AvgPool,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { x } = inputs as { x: TensorInfo };
      const windows = poolWindows(x.shape, attrs as unknown as PoolAttributes);
      const out = wasmArrays.allocate(backend, windows.outShape, 'float32');
      averagePool(wasmArrays.view(backend, x), windows, wasmArrays.view(backend, out));
      return out;
    },
  };
  return [...loops.map((loop) => inSimd(loop, [MaxPool, MaxPool3D])), inSimd(means, [AvgPool])];
}

/** A kernel of pooling forward in SIMD where the engine has it; `otherwise` elsewhere, and where it is none of `names`. */
function inSimd(otherwise: KernelConfig, names: readonly string[]): KernelConfig {
  if (!names.includes(otherwise.kernelName)) return otherwise;
  return {
    ...otherwise,
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { x } = call.inputs as { x: TensorInfo };
      const module = x.dtype === 'float32' ? simdOf(backend) : undefined;
      if (module === undefined) return otherwise.kernelFunc(call);
      const windows = poolWindows(x.shape, call.attrs as unknown as PoolAttributes);
      const { batch, channels, input, output, size, strides, before, outShape } = windows;
      const out = backend.makeOutput(outShape, 'float32');
      module.kernels.pool(
        Number(otherwise.kernelName === AvgPool),
        module.address(x),
        batch,
        channels,
        ...input,
        ...output,
        ...size,
        ...strides,
        ...before,
        module.address(out),
      );
      return out;
    },
  };
}
