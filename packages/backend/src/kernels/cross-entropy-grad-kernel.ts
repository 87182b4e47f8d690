import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from '../fused/kernels.ts';
import type { ArrayBackend } from './array-backend.ts';
import { crossEntropyGrad } from './cross-entropy-grad.ts';

/** Makes the `SparseSoftmaxCrossEntropyGrad` kernel of a backend with arrays. */
export function crossEntropyGradKernel(backendName: string, arrays: ArrayBackend): KernelConfig {
  return {
    kernelName: KERNELS.sparseSoftmaxCrossEntropyGrad,
    backendName,
    kernelFunc: ({ inputs, backend }) => {
      const { dy, probabilities, labels } = inputs as Record<
        'dy' | 'probabilities' | 'labels',
        TensorInfo
      >;
      const out = arrays.allocate(backend, probabilities.shape, 'float32');
      crossEntropyGrad(
        arrays.view(backend, dy),
        arrays.view(backend, probabilities),
        arrays.view(backend, labels),
        arrays.view(backend, out) as Float32Array,
      );
      return out;
    },
  };
}
