import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '../fused/kernels.ts';
import type { ArrayBackend } from './array-backend.ts';
import { crossEntropy } from './cross-entropy.ts';

/**
 * Makes the `SparseSoftmaxCrossEntropy` kernel of a backend with arrays.
 *
 * @example
 * ```ts
 * import type { TensorInfo } from '@tensorflow/tfjs-core';
 * import { type ArrayBackend, crossEntropyKernel } from '@secateur/backend/kernels';
 *
 * // A backend whose tensors are arrays: their ids are their values.
 * const arrays: ArrayBackend = {
 *   allocate: (_, shape, dtype) => ({ shape, dtype, dataId: new Float32Array(shape.at(-1)!) }),
 *   view: (_, { dataId }) => dataId as Float32Array,
 * };
 * const logits: TensorInfo = { shape: [1, 2], dtype: 'float32', dataId: [0, 1000] };
 * const labels: TensorInfo = { shape: [1], dtype: 'int32', dataId: [0] };
 * const call = { inputs: { logits, labels }, backend: {} };
 * const outputs = crossEntropyKernel('mine', arrays).kernelFunc(call) as TensorInfo[];
 * // The loss and the probabilities.
 * outputs.map(({ dataId }) => dataId); // => [[1000], [0, 1]]
 * ```
 */
export function crossEntropyKernel(backendName: string, arrays: ArrayBackend): KernelConfig {
  return {
    kernelName: KERNELS.sparseSoftmaxCrossEntropy,
    backendName,
    kernelFunc: ({ inputs, backend }) => {
      const { logits, labels } = inputs as Record<'logits' | 'labels', TensorInfo>;
      const loss = arrays.allocate(backend, labels.shape, 'float32');
      const probabilities = arrays.allocate(backend, logits.shape, 'float32');
      crossEntropy(
        arrays.view(backend, logits),
        arrays.view(backend, labels),
        arrays.view(backend, loss) as Float32Array,
        arrays.view(backend, probabilities) as Float32Array,
      );
      return [loss, probabilities];
    },
  };
}
