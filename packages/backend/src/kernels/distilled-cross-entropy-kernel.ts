import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { DistillationAttributes } from '../fused/distilled-cross-entropy.ts';
import { KERNELS } from '../fused/kernels.ts';
import type { ArrayBackend } from './array-backend.ts';
import { distilledCrossEntropy } from './distilled-cross-entropy.ts';

/**
 * Makes the `DistilledCrossEntropy` kernel of a backend with arrays.
 *
 * @example
 * ```ts
 * import type { TensorInfo } from '@tensorflow/tfjs-core';
 * import { type ArrayBackend, distilledCrossEntropyKernel } from '@secateur/backend/kernels';
 *
 * // A backend whose tensors are arrays: their ids are their values.
 * const arrays: ArrayBackend = {
 *   allocate: (_, shape, dtype) => ({ shape, dtype, dataId: new Float32Array(shape.at(-1)!) }),
 *   view: (_, { dataId }) => dataId as Float32Array,
 * };
 * const logits: TensorInfo = { shape: [1, 2], dtype: 'float32', dataId: [0, 0] };
 * // The teacher is sure of class 1, the label says class 0.
 * const teacher: TensorInfo = { shape: [1, 2], dtype: 'float32', dataId: [0, 1000] };
 * const labels: TensorInfo = { shape: [1], dtype: 'int32', dataId: [0] };
 * const attrs = { share: 0.75, temperature: 1 };
 * const call = { inputs: { logits, teacher, labels }, backend: {}, attrs };
 * const outputs = distilledCrossEntropyKernel('mine', arrays).kernelFunc(call) as TensorInfo[];
 * // 0.25 * [-0.5, 0.5] from the label, 0.75 * [0.5, -0.5] from the teacher.
 * outputs[1]!.dataId; // => [0.25, -0.25]
 * ```
 */
export function distilledCrossEntropyKernel(
  backendName: string,
  arrays: ArrayBackend,
): KernelConfig {
  return {
    kernelName: KERNELS.distilledCrossEntropy,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { logits, teacher, labels } = inputs as Record<
        'logits' | 'teacher' | 'labels',
        TensorInfo
      >;
      const { share, temperature } = attrs as unknown as DistillationAttributes;
      const loss = arrays.allocate(backend, labels.shape, 'float32');
      const slopes = arrays.allocate(backend, logits.shape, 'float32');
      const view = (info: TensorInfo): Float32Array => arrays.view(backend, info) as Float32Array;
      distilledCrossEntropy(
        {
          logits: view(logits),
          teacher: view(teacher),
          labels: arrays.view(backend, labels),
          loss: view(loss),
          slopes: view(slopes),
        },
        share,
        temperature,
      );
      return [loss, slopes];
    },
  };
}
