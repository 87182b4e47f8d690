import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend_util,
  BatchMatMul,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import { type TensorArray, callable, stockConfig } from '@secateur/backend/kernels';
import { wasmArrays } from './wasm-arrays.ts';

/** Floats of unfolded patches held at a time (16 MiB). */
const chunk = 1 << 22;

/**
 * Makes the `Conv2DBackpropFilter` kernel that the stock WASM backend lacks. The gradient of the filter is a product of
 * matrices: patches of the input, unfolded to `[height * width * channels, positions]`, times `dy [positions, filters]`.
 */
export function conv2dBackpropFilterKernel(): KernelConfig {
  const product = callable(stockConfig(BatchMatMul, 'wasm'));
  return {
    kernelName: Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend: given, attrs }) => {
      const backend = given as BackendWasm;
      const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
      const info = convInfo(x, attrs as unknown as Conv2DBackpropFilterAttrs);
      const { batchSize, outChannels, filterShape } = info;
      const positions = info.outHeight * info.outWidth;
      const depth = info.filterHeight * info.filterWidth * info.inChannels;
      const images = Math.max(1, Math.floor(chunk / Math.max(1, depth * positions)));

      const out = backend.makeOutput(filterShape, 'float32');
      wasmArrays.view(backend, out).fill(0);
      for (let first = 0; first < batchSize; first += images) {
        const count = Math.min(images, batchSize - first);
        const patches = backend.makeOutput([depth, count * positions], 'float32');
        const gradients = backend.makeOutput([count * positions, outChannels], 'float32');
        unfold(wasmArrays.view(backend, x), info, first, count, wasmArrays.view(backend, patches));
        const start = first * positions * outChannels;
        const end = start + count * positions * outChannels;
        wasmArrays.view(backend, gradients).set(wasmArrays.view(backend, dy).subarray(start, end));
        const part = product(
          backend,
          { a: patches, b: gradients },
          { transposeA: false, transposeB: false },
        );
        const sums = wasmArrays.view(backend, out);
        wasmArrays.view(backend, part).forEach((value, i) => {
          sums[i]! += value;
        });
        [patches, gradients, part].forEach(({ dataId }) => backend.disposeData(dataId));
      }
      return out;
    },
  };
}

function convInfo(x: TensorInfo, attrs: Conv2DBackpropFilterAttrs): backend_util.Conv2DInfo {
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs;
  if (dataFormat !== 'NHWC') {
    throw new BackendError(
      `Conv2DBackpropFilter: expected the data format NHWC on wasm, found ${dataFormat}; transpose the input to [batch, height, width, channels].`,
      { code: 'unsupported' },
    );
  }
  return backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** Writes, for each tap and channel of the filter, the input value that every output position multiplies it with. */
function unfold(
  x: ArrayLike<number>,
  info: backend_util.Conv2DInfo,
  first: number,
  count: number,
  patches: TensorArray,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth } = info;
  const { top, left } = info.padInfo;
  let to = 0;
  for (let tapY = 0; tapY < info.filterHeight; tapY++) {
    for (let tapX = 0; tapX < info.filterWidth; tapX++) {
      for (let channel = 0; channel < inChannels; channel++) {
        for (let image = first; image < first + count; image++) {
          for (let outY = 0; outY < outHeight; outY++) {
            const y = outY * strideHeight + tapY - top;
            const row = (image * inHeight + y) * inWidth;
            for (let outX = 0; outX < outWidth; outX++) {
              const at = outX * strideWidth + tapX - left;
              const inside = y >= 0 && y < inHeight && at >= 0 && at < inWidth;
              patches[to++] = inside ? x[(row + at) * inChannels + channel]! : 0;
            }
          }
        }
      }
    }
  }
}
