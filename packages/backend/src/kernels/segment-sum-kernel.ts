import {
  type KernelConfig,
  type TensorInfo,
  UnsortedSegmentSum,
  util,
} from '@tensorflow/tfjs-core';
import type { ArrayBackend } from './array-backend.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

/**
 * Makes the `UnsortedSegmentSum` kernel (the gradient of `gather`, so of embeddings) of a backend with arrays.
 *
 * @example
 * ```ts
 * import type { TensorInfo } from '@tensorflow/tfjs-core';
 * import { type ArrayBackend, segmentSumKernel } from '@secateur/backend/kernels';
 *
 * // A backend whose tensors are arrays: their ids are their values.
 * const arrays: ArrayBackend = {
 *   allocate: (_, shape, dtype) => ({ shape, dtype, dataId: new Float32Array(4) }),
 *   view: (_, { dataId }) => dataId as Float32Array,
 * };
 * const x: TensorInfo = { shape: [3, 2], dtype: 'float32', dataId: [1, 2, 3, 4, 5, 6] };
 * const segmentIds: TensorInfo = { shape: [3], dtype: 'int32', dataId: [1, 0, 1] };
 * const call = { inputs: { x, segmentIds }, backend: {}, attrs: { numSegments: 2 } };
 * const sums = segmentSumKernel('mine', arrays).kernelFunc(call) as TensorInfo;
 * sums.shape; // => [2, 2]
 * sums.dataId; // => [3, 4, 6, 8]
 * ```
 */
export function segmentSumKernel(backendName: string, arrays: ArrayBackend): KernelConfig {
  return {
    kernelName: UnsortedSegmentSum,
    backendName,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
      const { numSegments } = attrs as { numSegments: number };
      const inner = x.shape.slice(segmentIds.shape.length);
      const out = arrays.allocate(backend, [numSegments, ...inner], x.dtype);
      // Views are taken after the allocation, which may move a heap.
      const sums = arrays.view(backend, out) as Float32Array | Int32Array;
      const rows = arrays.view(backend, x) as Float32Array | Int32Array;
      sums.fill(0);
      unsortedSegmentSum(rows, arrays.view(backend, segmentIds), util.sizeFromShape(inner), sums);
      return out;
    },
  };
}
