import { getKernel, Step, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../native-backend.ts';
import { withOperations } from '../operations.ts';

/**
 * Makes the `Step` kernel, 1 above 0 and else 0, of two operations of TensorFlow. It is half of the gradient of a ReLU. The
 * stock one makes ones and zeros of its input's shape in JavaScript first, and takes other slopes and types still.
 */
export function stepKernel(): KernelConfig {
  const stock = getKernel(Step, 'tensorflow');
  return {
    ...stock,
    kernelFunc: (call) => {
      const x = call.inputs['x'] as TensorInfo;
      if (x.dtype !== 'float32' || call.attrs?.['alpha'] !== 0) return stock.kernelFunc(call);
      return withOperations(call.backend as NativeBackend, (ops) =>
        ops.output(ops.float('Relu', ops.float('Sign', ops.input(x)))),
      );
    },
  };
}
