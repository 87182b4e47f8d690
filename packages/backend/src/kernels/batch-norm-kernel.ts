import { FusedBatchNorm, type KernelConfig, type TensorInfo, Tile } from '@tensorflow/tfjs-core';
import { callable, stockConfig } from '../stock-kernel.ts';
import { withRepeated } from './repeat.ts';

/**
 * Makes the `FusedBatchNorm` kernel for statistics of any axis. The stock ones take the i-th statistic modulo their number
 * for the i-th entry: right along the last axis, and other channels' along any other.
 *
 * @example
 * ```ts
 * import { batchNorm, tensor2d, tidy } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { batchNormKernel, replaceKernel } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * replaceKernel(batchNormKernel('cpu'));
 * // A mean and a variance for each row.
 * const x = tensor2d([1, 5, 2, 6], [2, 2]);
 * const [mean, variance] = [tensor2d([[3], [4]]), tensor2d([[4], [1]])];
 * tidy(() => batchNorm(x, mean, variance, undefined, undefined, 0).dataSync()); // => [-1, 1, -2, 2]
 * ```
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
