import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedKernel,
  composedSparseSoftmaxCrossEntropy,
  crossEntropyGradKernel,
  KERNELS,
} from '@secateur/backend/kernels';
import { wasmArrays } from '../wasm-arrays.ts';
import { simdOf } from './module.ts';

/** Makes the `SparseSoftmaxCrossEntropy` kernel, composed from operations where there is no SIMD. */
export function crossEntropyKernel(): KernelConfig {
  const composed = composedKernel(composedSparseSoftmaxCrossEntropy);
  return {
    kernelName: KERNELS.sparseSoftmaxCrossEntropy,
    backendName: 'wasm',
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const module = simdOf(backend);
      if (module === undefined) return composed(call);
      const { kernels, address } = module;
      const { logits, labels } = call.inputs as Record<'logits' | 'labels', TensorInfo>;
      const [rows, classes] = logits.shape as [number, number];
      const loss = backend.makeOutput([rows], 'float32');
      const probabilities = backend.makeOutput([rows, classes], 'float32');
      kernels.crossEntropy(
        address(logits),
        address(labels),
        classes,
        0,
        rows,
        address(loss),
        address(probabilities),
      );
      return [loss, probabilities];
    },
  };
}

/** Makes the `SparseSoftmaxCrossEntropyGrad` kernel, a loop over the heap where there is no SIMD. */
export function crossEntropyGradientKernel(): KernelConfig {
  const loop = crossEntropyGradKernel('wasm', wasmArrays);
  return {
    ...loop,
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const module = simdOf(backend);
      if (module === undefined) return loop.kernelFunc(call);
      const { kernels, address } = module;
      const { dy, probabilities, labels } = call.inputs as Record<
        'dy' | 'probabilities' | 'labels',
        TensorInfo
      >;
      const [rows, classes] = probabilities.shape as [number, number];
      const out = backend.makeOutput(probabilities.shape, 'float32');
      kernels.crossEntropyGrad(
        address(dy),
        address(probabilities),
        address(labels),
        classes,
        0,
        rows,
        address(out),
      );
      return out;
    },
  };
}
