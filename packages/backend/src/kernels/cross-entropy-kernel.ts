import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '../fused/kernels.ts';
import type { ArrayBackend } from './array-backend.ts';
import { crossEntropy } from './cross-entropy.ts';

/** Makes the `SparseSoftmaxCrossEntropy` kernel of a backend with arrays. */
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
