import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  type KernelConfig,
  Sum,
  type SumAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { stockConfig } from '@secateur/backend/kernels';
import { simdOf } from './module.ts';
import { zerosOf } from '../wasm-arrays.ts';

/**
 * Makes the `Sum` kernel: ours for float32 and axes side by side, where the stock one transposes first unless they are
 * the last; else TensorFlow.js's.
 */
export function sumKernel(): KernelConfig {
  const stock = stockConfig(Sum, 'wasm');
  return {
    ...stock,
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { x } = call.inputs as { x: TensorInfo };
      const { axis, keepDims } = call.attrs as unknown as SumAttrs;
      const axes = util.parseAxisParam(axis, x.shape);
      if (util.sizeFromShape(x.shape) === 0) return emptySum(backend, x, axes, keepDims);
      const [first, after] = [Math.min(...axes), Math.max(...axes) + 1];
      const ours = x.dtype === 'float32' && after - first === new Set(axes).size;
      const module = ours ? simdOf(backend) : undefined;
      if (module === undefined) return stock.kernelFunc(call);
      const [before, middle, inner] = [
        x.shape.slice(0, first),
        x.shape.slice(first, after),
        x.shape.slice(after),
      ] as const;
      const kept = keepDims ? middle.map(() => 1) : [];
      const out = backend.makeOutput([...before, ...kept, ...inner], 'float32');
      module.kernels.sums(
        module.address(x),
        util.sizeFromShape(before),
        util.sizeFromShape(middle),
        util.sizeFromShape(inner),
        module.address(out),
      );
      return out;
    },
  };
}

/** The stock kernel leaves sums of nothing as it finds the memory. */
function emptySum(
  backend: BackendWasm,
  { shape, dtype }: TensorInfo,
  axes: readonly number[],
  keepDims: boolean,
): TensorInfo {
  const sizes = shape.flatMap((size, axis) => (axes.includes(axis) ? (keepDims ? 1 : []) : size));
  return zerosOf(backend, sizes, dtype);
}
