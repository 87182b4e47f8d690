import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Identity, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';

/**
 * Makes the `Identity` kernel that shares its input's data, as on cpu. The stock one copies, and TensorFlow.js clones
 * every tensor that it saves for the backward pass. No kernel may therefore write to its inputs.
 */
export function identityKernel(): KernelConfig {
  const stock = stockConfig(Identity, 'wasm');
  return {
    ...stock,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      if (x.dtype === 'string') return stock.kernelFunc(call);
      const { dataId, shape, dtype } = x;
      (call.backend as BackendWasm).incRef(dataId);
      return { dataId, shape, dtype };
    },
  };
}
