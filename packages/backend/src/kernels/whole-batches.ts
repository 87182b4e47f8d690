import { broadcast_util, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { StockKernel } from '../stock-kernel.ts';
import { withRepeated } from './repeat.ts';

/**
 * Makes a `BatchMatMul` of a stock one that finds the operands of the i-th product at `i` modulo their number: right where
 * an operand repeats as a whole. One that repeats in another way, as `[2, 1]` over `[2, 3]`, is first repeated by `tile`.
 *
 * @example
 * ```ts
 * import { BatchMatMul, matMul, tensor4d, tidy, Tile } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { callable, replaceKernel, stockConfig, withWholeBatches } from '@secateur/backend/kernels';
 *
 * await useBackend('cpu');
 * const tile = callable(stockConfig(Tile, 'cpu'));
 * replaceKernel(withWholeBatches(stockConfig(BatchMatMul, 'cpu'), tile));
 * // Batches [2, 1] and [2, 3] of matrices [1, 1].
 * const a = tensor4d([1, 10], [2, 1, 1, 1]);
 * const b = tensor4d([1, 2, 3, 4, 5, 6], [2, 3, 1, 1]);
 * tidy(() => matMul(a, b).dataSync()); // => [1, 2, 3, 40, 50, 60]
 * ```
 */
export function withWholeBatches(product: KernelConfig, tile: StockKernel): KernelConfig {
  return {
    ...product,
    kernelFunc: (call) => {
      const inputs = call.inputs as Record<'a' | 'b', TensorInfo>;
      const batch = ({ shape }: TensorInfo): number[] => shape.slice(0, -2);
      const whole = broadcast_util.assertAndGetBroadcastShape(batch(inputs.a), batch(inputs.b));
      const wholes = {
        a: [...whole, ...inputs.a.shape.slice(-2)],
        b: [...whole, ...inputs.b.shape.slice(-2)],
      };
      return withRepeated(call.backend, tile, inputs, wholes, (tiled) =>
        product.kernelFunc({ ...call, inputs: tiled }),
      );
    },
  };
}
