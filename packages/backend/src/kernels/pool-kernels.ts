import {
  AvgPool3DGrad,
  AvgPoolGrad,
  type KernelConfig,
  MaxPool,
  MaxPool3D,
  MaxPool3DGrad,
  MaxPoolGrad,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { ArrayBackend } from './array-backend.ts';
import { averagePoolGrad } from './average-pool.ts';
import { maxPool, maxPoolGrad } from './max-pool.ts';
import { type PoolAttributes, poolWindows } from './windows.ts';

/**
 * Makes the kernels of max pooling and of the gradients of both poolings, over images and volumes, of a backend with
 * arrays. TensorFlow.js's own skip NaN, and divide gradients of means by entries that lie in the padding.
 *
 * @example
 * ```ts
 * import { MaxPool, type TensorInfo } from '@tensorflow/tfjs-core';
 * import { type ArrayBackend, poolKernels } from '@secateur/backend/kernels';
 *
 * // A backend whose tensors are arrays: their ids are their values.
 * const arrays: ArrayBackend = {
 *   allocate: (_, shape, dtype) => ({ shape, dtype, dataId: new Float32Array(2) }),
 *   view: (_, { dataId }) => dataId as Float32Array,
 * };
 * const x: TensorInfo = { shape: [1, 1, 4, 1], dtype: 'float32', dataId: [1, 2, 4, 3] };
 * const attrs = { filterSize: [1, 2], strides: [1, 2], pad: 'valid' };
 * const kernel = poolKernels('mine', arrays).find(({ kernelName }) => kernelName === MaxPool)!;
 * const largest = kernel.kernelFunc({ inputs: { x }, backend: {}, attrs }) as TensorInfo;
 * largest.dataId; // => [2, 4]
 * ```
 */
export function poolKernels(backendName: string, arrays: ArrayBackend): KernelConfig[] {
  const forward = [MaxPool, MaxPool3D].map((kernelName): KernelConfig => ({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { x } = inputs as { x: TensorInfo };
      const windows = poolWindows(x.shape, attrs as unknown as PoolAttributes);
      const out = arrays.allocate(backend, windows.outShape, x.dtype);
      maxPool(arrays.view(backend, x), windows, arrays.view(backend, out));
      return out;
    },
  }));
  const backward = [MaxPoolGrad, MaxPool3DGrad, AvgPoolGrad, AvgPool3DGrad].map(
    (kernelName): KernelConfig => ({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, backend, attrs }) => {
        const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
        const windows = poolWindows(input.shape, attrs as unknown as PoolAttributes);
        const out = arrays.allocate(backend, input.shape, 'float32');
        const [slope, dx] = [arrays.view(backend, dy), arrays.view(backend, out)];
        dx.fill(0);
        if (kernelName === AvgPoolGrad || kernelName === AvgPool3DGrad) {
          averagePoolGrad(slope, windows, dx);
        } else maxPoolGrad(arrays.view(backend, input), slope, windows, dx);
        return out;
      },
    }),
  );
  return [...forward, ...backward];
}
