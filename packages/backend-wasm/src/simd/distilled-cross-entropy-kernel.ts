import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  distilledCrossEntropyKernel as loopKernel,
  KERNELS,
  type DistillationAttributes,
} from '@secateur/backend/kernels';
import { wasmArrays } from '../wasm-arrays.ts';
import { simdOf } from './module.ts';

/** Makes the `DistilledCrossEntropy` kernel, a loop over the heap where there is no SIMD. */
export function distilledCrossEntropyKernel(): KernelConfig {
  const loop = loopKernel('wasm', wasmArrays);
  return {
    kernelName: KERNELS.distilledCrossEntropy,
    backendName: 'wasm',
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const module = simdOf(backend);
      if (module === undefined) return loop.kernelFunc(call);
      const { kernels, address } = module;
      const { logits, teacher, labels } = call.inputs as Record<
        'logits' | 'teacher' | 'labels',
        TensorInfo
      >;
      const { share, temperature } = call.attrs as unknown as DistillationAttributes;
      const [rows, classes] = logits.shape as [number, number];
      const loss = backend.makeOutput([rows], 'float32');
      const slopes = backend.makeOutput([rows, classes], 'float32');
      kernels.distilledCrossEntropy(
        address(logits),
        address(teacher),
        address(labels),
        classes,
        0,
        rows,
        share,
        temperature,
        address(loss),
        address(slopes),
      );
      return [loss, slopes];
    },
  };
}
