import {
  backend_util,
  Elu,
  FusedConv2D,
  type FusedConv2DAttrs,
  type KernelConfig,
  LeakyRelu,
  Relu6,
  Sigmoid,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';
import type { GpuBackend } from '../gpu-backend.ts';
import { makeOutput } from '../program.ts';
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

type Shape4D = [number, number, number, number];

/**
 * Makes the `FusedConv2D` kernel that keeps NaN, and takes an empty batch: the stock one asks for a product over nothing,
 * which is refused, and does not release what it made before.
 */
export function fusedConvolutionKernel(): KernelConfig {
  const kernel = withOwnActivation(stockConfig(FusedConv2D, 'webgpu'));
  return {
    ...kernel,
    kernelFunc: (call) => {
      const { x, filter } = call.inputs as { x: TensorInfo; filter: TensorInfo };
      if (x.shape[0] !== 0) return kernel.kernelFunc(call);
      const { strides, pad, dilations, dataFormat, dimRoundingMode } =
        call.attrs as unknown as FusedConv2DAttrs;
      const { outShape } = backend_util.computeConv2DInfo(
        x.shape as Shape4D,
        filter.shape as Shape4D,
        strides,
        dilations,
        pad,
        dimRoundingMode,
        false,
        backend_util.convertConv2DDataFormat(dataFormat),
      );
      return makeOutput(call.backend as unknown as GpuBackend, outShape);
    },
  };
}
