import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { DistillationAttributes } from '../fused/distilled-cross-entropy.ts';
import { KERNELS } from '../fused/kernels.ts';
import type { ArrayBackend } from './array-backend.ts';
import { distilledCrossEntropy } from './distilled-cross-entropy.ts';

/** Makes the `DistilledCrossEntropy` kernel of a backend with arrays. */
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
