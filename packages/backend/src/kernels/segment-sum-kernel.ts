import {
  type KernelConfig,
  type TensorInfo,
  UnsortedSegmentSum,
  util,
} from '@tensorflow/tfjs-core';
import type { ArrayBackend } from './array-backend.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

/** Makes the `UnsortedSegmentSum` kernel (the gradient of `gather`, so of embeddings) of a backend with arrays. */
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
