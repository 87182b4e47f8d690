import { AddN, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';
import type { GpuBackend } from '../gpu-backend.ts';

/**
 * Makes the `AddN` kernel for any number of tensors: the stock one binds all of them to one program, and a device takes
 * eight, of which one is the output. Tensors are added in their order.
 */
export function addNKernel(): KernelConfig {
  const stock = stockConfig(AddN, 'webgpu');
  return {
    ...stock,
    kernelFunc: (call) => {
      const backend = call.backend as unknown as GpuBackend;
      const most = backend.device.limits.maxStorageBuffersPerShaderStage - 1;
      const add = (inputs: readonly TensorInfo[]): TensorInfo =>
        stock.kernelFunc({ ...call, inputs: inputs as never }) as TensorInfo;
      const tensors = Object.values(call.inputs) as TensorInfo[];
      let sum = add(tensors.slice(0, most));
      for (let next = most; next < tensors.length; next += most - 1) {
        const before = sum;
        sum = add([before, ...tensors.slice(next, next + most - 1)]);
        backend.disposeData(before.dataId);
      }
      return sum;
    },
  };
}
