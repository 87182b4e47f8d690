import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  ClipByValue,
  type ClipByValueAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { wasmArrays } from '../wasm-arrays.ts';
import { sizeOf } from './fused-kernel.ts';
import { simdOf } from './module.ts';

/**
 * Makes the `ClipByValue` kernel, which keeps NaN. The stock one turns it into the lower bound, so that TensorFlow.js's
 * cross-entropies report a number for a network of NaN; and it takes whole numbers for floats.
 */
export function clipKernel(): KernelConfig {
  return {
    kernelName: ClipByValue,
    backendName: 'wasm',
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { x } = call.inputs as { x: TensorInfo };
      const { clipValueMin, clipValueMax } = call.attrs as unknown as ClipByValueAttrs;
      const out = backend.makeOutput(x.shape, x.dtype);
      const module = x.dtype === 'float32' ? simdOf(backend) : undefined;
      if (module !== undefined) {
        const { kernels, address } = module;
        kernels.clip(address(x), sizeOf(x), clipValueMin, clipValueMax, address(out));
        return out;
      }
      const clipped = wasmArrays.view(backend, out);
      wasmArrays.view(backend, x).forEach((value, i) => {
        const above = value < clipValueMin ? clipValueMin : value;
        clipped[i] = above > clipValueMax ? clipValueMax : above;
      });
      return out;
    },
  };
}
