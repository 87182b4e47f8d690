import {
  backend_util,
  type KernelConfig,
  Sum,
  type SumAttrs,
  sumOutType,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend';
import { type GpuBackend, sizeOf } from '../gpu-backend.ts';

/** Makes the `Sum` kernel that can add up nothing, which the stock one leaves as it finds the memory. */
export function sumKernel(): KernelConfig {
  const stock = stockConfig(Sum, 'webgpu');
  return {
    ...stock,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      if (sizeOf(x) > 0) return stock.kernelFunc(call);
      const { axis, keepDims } = call.attrs as unknown as SumAttrs;
      const axes = util.parseAxisParam(axis, x.shape);
      const [reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
      const shape = keepDims ? backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
      const dtype = sumOutType(x.dtype);
      const values = util.getTypedArrayFromDType(dtype as 'float32', sizeOf({ shape }));
      return (call.backend as unknown as GpuBackend).makeTensorInfo(shape, dtype, values);
    },
  };
}
