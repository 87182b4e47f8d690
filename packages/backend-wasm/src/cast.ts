import { Cast, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { wasmArrays } from './wasm-arrays.ts';

/**
 * Makes the `Cast` kernel whose booleans are 0 and 1. The stock one copies numbers into bytes, so that 0.5 and 256
 * become false and 2 becomes neither.
 */
export function castKernel(): KernelConfig {
  const stock = stockConfig(Cast, 'wasm');
  return {
    ...stock,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      if (call.attrs?.['dtype'] !== 'bool' || x.dtype === 'bool') return stock.kernelFunc(call);
      const backend = call.backend as BackendWasm;
      const out = backend.makeOutput(x.shape, 'bool');
      const flags = wasmArrays.view(backend, out);
      wasmArrays.view(backend, x).forEach((value, i) => {
        flags[i] = value === 0 ? 0 : 1;
      });
      return out;
    },
  };
}
