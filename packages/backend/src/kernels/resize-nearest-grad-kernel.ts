import {
  type KernelConfig,
  ResizeNearestNeighborGrad,
  type ResizeNearestNeighborGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { ArrayBackend } from './array-backend.ts';

type Image = [batch: number, height: number, width: number, channels: number];

/**
 * Makes the `ResizeNearestNeighborGrad` kernel of a backend with arrays. That of cpu reads the gradients of other images
 * from the second image on; with aligned corners it never ends where one entry becomes many, and that of wasm gives zeros.
 *
 * @example
 * ```ts
 * import type { TensorInfo } from '@tensorflow/tfjs-core';
 * import { type ArrayBackend, resizeNearestGradKernel } from '@secateur/backend/kernels';
 *
 * // A backend whose tensors are arrays: their ids are their values.
 * const arrays: ArrayBackend = {
 *   allocate: (_, shape, dtype) => ({ shape, dtype, dataId: new Float32Array(2) }),
 *   view: (_, { dataId }) => dataId as Float32Array,
 * };
 * const images: TensorInfo = { shape: [1, 1, 2, 1], dtype: 'float32', dataId: [0, 0] };
 * const dy: TensorInfo = { shape: [1, 1, 4, 1], dtype: 'float32', dataId: [1, 2, 3, 4] };
 * const call = { inputs: { images, dy }, backend: {}, attrs: { alignCorners: false } };
 * const { kernelFunc } = resizeNearestGradKernel('mine', arrays);
 * (kernelFunc(call) as TensorInfo).dataId; // => [3, 7]
 * ```
 */
export function resizeNearestGradKernel(backendName: string, arrays: ArrayBackend): KernelConfig {
  return {
    kernelName: ResizeNearestNeighborGrad,
    backendName,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { images, dy } = inputs as { images: TensorInfo; dy: TensorInfo };
      const { alignCorners } = attrs as unknown as ResizeNearestNeighborGradAttrs;
      const out = arrays.allocate(backend, images.shape, 'float32');
      const [slopes, dx] = [arrays.view(backend, dy), arrays.view(backend, out).fill(0)];
      const [batch, height, width, channels] = images.shape as Image;
      const [, newHeight, newWidth] = dy.shape as Image;
      const rows = sources(height, newHeight, alignCorners);
      const columns = sources(width, newWidth, alignCorners);
      let from = 0;
      for (let image = 0; image < batch; image++) {
        for (const row of rows) {
          for (const column of columns) {
            const to = ((image * height + row) * width + column) * channels;
            for (let c = 0; c < channels; c++) dx[to + c]! += slopes[from++]!;
          }
        }
      }
      return out;
    },
  };
}

/** For each entry of a resized axis the entry that it is a copy of. */
function sources(size: number, resized: number, alignCorners: boolean): number[] {
  const aligned = alignCorners && resized > 1;
  const scale = aligned ? (size - 1) / (resized - 1) : size / resized;
  return Array.from({ length: resized }, (_, at) =>
    Math.min(size - 1, aligned ? Math.round(at * scale) : Math.floor(at * scale)),
  );
}
