import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { Identity, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { stockConfig } from './stock-kernel.ts';

/**
 * Makes the `Identity` kernel that shares its input's data, as the cpu backend's does. The stock one copies: at each
 * training step all weights and activations, since the tape keeps what it saves as clones.
 */
export function identityKernel(): KernelConfig {
  const stock = stockConfig(Identity);
  return {
    ...stock,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      if (x.dtype === 'string') return stock.kernelFunc(call);
      (call.backend as BackendWasm).incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  };
}
