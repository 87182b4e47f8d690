import { type KernelConfig, ResizeBilinearGrad, type TensorInfo } from '@tensorflow/tfjs-core';
import { stockConfig } from '../stock-kernel.ts';

/** Makes the `ResizeBilinearGrad` kernel, of which the stock one takes the height of its result for the width. */
export function resizeBilinearGradKernel(): KernelConfig {
  const stock = stockConfig(ResizeBilinearGrad, 'cpu');
  return {
    ...stock,
    kernelFunc: (call) => {
      const { images } = call.inputs as { images: TensorInfo };
      return { ...(stock.kernelFunc(call) as TensorInfo), shape: images.shape };
    },
  };
}
