import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  type KernelConfig,
  OneHot,
  type OneHotAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { wasmArrays } from './wasm-arrays.ts';

/** Makes the `OneHot` kernel of any type; the stock one writes whole numbers where floats were asked for. */
export function oneHotKernel(): KernelConfig {
  return {
    kernelName: OneHot,
    backendName: 'wasm',
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { indices } = call.inputs as { indices: TensorInfo };
      const { depth, onValue, offValue, dtype } = call.attrs as unknown as OneHotAttrs;
      const out = backend.makeOutput([...indices.shape, depth], dtype);
      const rows = wasmArrays.view(backend, out).fill(offValue);
      wasmArrays.view(backend, indices).forEach((index, row) => {
        if (index >= 0 && index < depth) rows[row * depth + index] = onValue;
      });
      return out;
    },
  };
}
