import {
  All,
  Any,
  ArgMax,
  backend_util,
  type KernelConfig,
  Max,
  Mean,
  Min,
  Sum,
  sumOutType,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { callable, stockConfig } from '@secateur/backend/kernels';
import { as, type GpuBackend, sizeOf } from '../gpu-backend.ts';
import { transposed } from './transpose.ts';

/**
 * Makes the kernels that reduce axes, of every type. The stock ones transpose what is not last with a program that does
 * not compile for whole numbers and booleans; a sum over nothing throws; and the place of a maximum in a vector is no
 * scalar there.
 */
export function reductionKernels(): KernelConfig[] {
  return [Sum, Mean, Max, Min, All, Any, ArgMax].map((name) => {
    const stock = stockConfig(name, 'webgpu');
    const axesName = name === Max ? 'reductionIndices' : 'axis';
    return {
      ...stock,
      kernelFunc: (call) => {
        const backend = call.backend as unknown as GpuBackend;
        const { x } = call.inputs as { x: TensorInfo };
        const attrs = call.attrs as unknown as Record<string, number | number[]>;
        const axes = util.parseAxisParam(attrs[axesName]!, x.shape);
        const keepDims = Boolean(attrs['keepDims']);
        const [reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
        const shape = keepDims ? backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
        if (name === Sum && sizeOf(x) === 0) return nothing(backend, shape, sumOutType(x.dtype));

        const perm = backend_util.getAxesPermutation(axes, x.shape.length);
        const last = perm === null ? x : transposed(backend, x, perm);
        const lastAxes = axes.map((_, k) => x.shape.length - axes.length + k);
        const given = { [axesName]: name === ArgMax ? lastAxes[0]! : lastAxes, keepDims: false };
        const out = callable(stock)(backend, { x: last }, given);
        if (last !== x) backend.disposeData(last.dataId);
        return as(out, ...shape);
      },
    };
  });
}

/** A tensor of zeros, the sums of nothing. */
function nothing(backend: GpuBackend, shape: number[], dtype: TensorInfo['dtype']): TensorInfo {
  const values = util.getTypedArrayFromDType(dtype as 'float32', sizeOf({ shape }));
  return backend.makeTensorInfo(shape, dtype, values);
}
