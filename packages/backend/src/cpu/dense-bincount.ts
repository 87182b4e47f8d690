import {
  DenseBincount,
  type DenseBincountAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { callable, stockConfig } from '../stock-kernel.ts';

/** Makes the `DenseBincount` kernel whose binary output is 0 and 1 for a vector too, as the stock one's is for a matrix. */
export function denseBincountKernel(): KernelConfig {
  const stock = stockConfig(DenseBincount, 'cpu');
  return {
    ...stock,
    kernelFunc: (call) => {
      const { x, weights } = call.inputs as { x: TensorInfo; weights: TensorInfo };
      const attrs = call.attrs as unknown as DenseBincountAttrs;
      if (!attrs.binaryOutput || x.shape.length !== 1) return stock.kernelFunc(call);
      const asRow = (info: TensorInfo): TensorInfo => ({ ...info, shape: [1, ...info.shape] });
      const row = callable(stock)(
        call.backend,
        { x: asRow(x), weights: asRow(weights) },
        call.attrs!,
      );
      return { ...row, shape: [attrs.size] };
    },
  };
}
