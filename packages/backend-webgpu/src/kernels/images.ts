import {
  CropAndResize,
  type KernelConfig,
  PadV2,
  ResizeBilinearGrad,
  ResizeNearestNeighborGrad,
  Slice,
  Sum,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { callable, stockConfig } from '@secateur/backend/kernels';
import type { GpuBackend } from '../gpu-backend.ts';

/**
 * Makes the gradients of resized images where an image has one row or column: the stock ones divide by the distance between
 * its corners, 0 where those are aligned. All that became of a row is added up first.
 */
function resizeGradientKernels(): KernelConfig[] {
  return [ResizeBilinearGrad, ResizeNearestNeighborGrad].map((name) => {
    const stock = stockConfig(name, 'webgpu');
    return {
      ...stock,
      kernelFunc: (call) => {
        const backend = call.backend as unknown as GpuBackend;
        const { images, dy } = call.inputs as { images: TensorInfo; dy: TensorInfo };
        const axis = [1, 2].filter((each) => images.shape[each] === 1 && dy.shape[each]! > 1);
        if (axis.length === 0) return stock.kernelFunc(call);
        const sum = callable(stockConfig(Sum, 'webgpu'));
        const sums = sum(backend, { x: dy }, { axis, keepDims: true });
        const out = callable(stock)(backend, { images, dy: sums }, call.attrs!);
        backend.disposeData(sums.dataId);
        return out;
      },
    };
  });
}

/**
 * Makes the `CropAndResize` kernel for more images than boxes: the stock one leaves the memory as it finds it where the
 * number of a box's image is not below the number of boxes.
 */
function cropKernel(): KernelConfig {
  const stock = stockConfig(CropAndResize, 'webgpu');
  return {
    ...stock,
    kernelFunc: (call) => {
      const backend = call.backend as unknown as GpuBackend;
      const { image, boxes, boxInd } = call.inputs as Record<string, TensorInfo>;
      const missing = image!.shape[0]! - boxes!.shape[0]!;
      if (missing <= 0) return stock.kernelFunc(call);
      const pad = callable(stockConfig(PadV2, 'webgpu'));
      const after = [0, missing];
      const more = {
        boxes: pad(backend, { x: boxes! }, {
          paddings: [after, [0, 0]],
          constantValue: 0,
        } as never),
        boxInd: pad(backend, { x: boxInd! }, { paddings: [after], constantValue: 0 } as never),
      };
      const all = callable(stock)(backend, { image: image!, ...more }, call.attrs!);
      const size = all.shape.with(0, boxes!.shape[0]!);
      const slice = callable(stockConfig(Slice, 'webgpu'));
      const out = slice(backend, { x: all }, { begin: [0, 0, 0, 0], size });
      for (const { dataId } of [...Object.values(more), all]) backend.disposeData(dataId);
      return out;
    },
  };
}

/** Makes the kernels of images. */
export function imageKernels(): KernelConfig[] {
  return [...resizeGradientKernels(), cropKernel()];
}
