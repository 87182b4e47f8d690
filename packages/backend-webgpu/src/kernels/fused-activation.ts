import {
  Elu,
  FusedConv2D,
  type KernelConfig,
  LeakyRelu,
  Relu6,
  Sigmoid,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend';
import type { GpuBackend } from '../gpu-backend.ts';
import { unary } from './unary.ts';

const kernels: Readonly<Record<string, string>> = {
  elu: Elu,
  leakyrelu: LeakyRelu,
  relu6: Relu6,
  sigmoid: Sigmoid,
};

/** A kernel with an activation at its end that keeps NaN, as a step of its own where the stock one may lose it. */
export function withOwnActivation(fused: KernelConfig): KernelConfig {
  return {
    ...fused,
    kernelFunc: (call) => {
      const { activation, leakyreluAlpha } = call.attrs as {
        activation?: string;
        leakyreluAlpha?: number;
      };
      const name = kernels[activation ?? 'linear'];
      if (name === undefined) return fused.kernelFunc(call);
      const backend = call.backend as unknown as GpuBackend;
      const attrs = { ...call.attrs, activation: 'linear' };
      const sums = fused.kernelFunc({ ...call, attrs }) as TensorInfo;
      const out = unary(backend, name, sums, leakyreluAlpha);
      backend.disposeData(sums.dataId);
      return out;
    },
  };
}

/** Makes the `FusedConv2D` kernel that keeps NaN. */
export const fusedConvolutionKernel = (): KernelConfig =>
  withOwnActivation(stockConfig(FusedConv2D, 'webgpu'));
