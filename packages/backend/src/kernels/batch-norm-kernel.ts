import { FusedBatchNorm, type KernelConfig, type TensorInfo, Tile } from '@tensorflow/tfjs-core';
import { callable, stockConfig } from '../stock-kernel.ts';
import { withRepeated } from './repeat.ts';

/**
 * Makes the `FusedBatchNorm` kernel for statistics of any axis. The stock ones take the i-th statistic modulo their number
 * for the i-th entry: right along the last axis, and other channels' along any other.
 */
export function batchNormKernel(backendName: 'cpu' | 'wasm'): KernelConfig {
  const stock = stockConfig(FusedBatchNorm, backendName);
  const tile = callable(stockConfig(Tile, backendName));
  return {
    ...stock,
    kernelFunc: (call) => {
      const inputs = call.inputs as Record<string, TensorInfo>;
      const whole = inputs['x']!.shape;
      const wholes = { mean: whole, variance: whole, offset: whole, scale: whole };
      return withRepeated(call.backend, tile, inputs, wholes, (tiled) =>
        stock.kernelFunc({ ...call, inputs: tiled }),
      );
    },
  };
}
