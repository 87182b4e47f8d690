import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  Conv2D,
  type Conv2DAttrs,
  DepthwiseConv2dNative,
  FusedConv2D,
  type KernelConfig,
  Slice,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { callable, stockConfig, type StockKernel } from '@secateur/backend';
import { sizeOf } from './simd/fused-kernel.ts';
import { simdOf } from './simd/module.ts';
import { wasmArrays } from './wasm-arrays.ts';

type Image = [number, number, number, number];

/**
 * Makes the convolutions of images. With the padding `same` and a stride above the filter's size the stock ones pad by a
 * negative number of entries, taken for a huge one, and return zeros; without the entries that no window reaches there is
 * nothing to pad. And bounded activations keep NaN.
 */
export function convolutionKernels(): KernelConfig[] {
  const slice = callable(stockConfig(Slice, 'wasm'));
  return [Conv2D, FusedConv2D, DepthwiseConv2dNative].map((name) => {
    const stock = stockConfig(name, 'wasm');
    return {
      ...stock,
      kernelFunc: (call) => {
        const backend = call.backend as BackendWasm;
        const { x, filter } = call.inputs as Record<'x' | 'filter', TensorInfo>;
        const attrs = call.attrs as unknown as Conv2DAttrs;
        const reached = withoutUnreached(backend, slice, x, filter, attrs);
        const activation = bounded[call.attrs!['activation'] as string];
        const linear = { ...call.attrs, ...(activation !== undefined && { activation: 'linear' }) };
        const inputs = { ...call.inputs, x: reached };
        const out = stock.kernelFunc({ ...call, inputs, attrs: linear }) as TensorInfo;
        if (activation !== undefined) activate(backend, out, activation);
        if (reached !== x) backend.disposeData(reached.dataId);
        return out;
      },
    };
  });
}

/** Activations with bounds, where the stock kernel makes 0 of NaN: the number that ours has for each, and the upper bound. */
const bounded: Readonly<Record<string, readonly [kind: number, most: number]>> = {
  relu: [1, Infinity],
  relu6: [2, 6],
};

/** Applies an activation to a tensor that nobody else has yet. */
function activate(
  backend: BackendWasm,
  x: TensorInfo,
  [kind, most]: readonly [kind: number, most: number],
): void {
  const module = simdOf(backend);
  if (module !== undefined) {
    module.kernels.biasActivate(module.address(x), 1, sizeOf(x), 0, kind, 0);
    return;
  }
  const values = wasmArrays.view(backend, x);
  values.forEach((value, i) => {
    values[i] = Math.min(most, Math.max(0, value));
  });
}

/** The part of `x [batch, height, width, channels]` that windows with the padding `same` reach; `x` if that is all. */
function withoutUnreached(
  backend: BackendWasm,
  slice: StockKernel,
  x: TensorInfo,
  filter: TensorInfo,
  { strides, dilations, pad }: Conv2DAttrs,
): TensorInfo {
  if (pad !== 'same') return x;
  const [[down, across], [dilationDown, dilationAcross]] = [strides, dilations ?? 1].map((each) =>
    typeof each === 'number' ? [each, each] : each,
  ) as [[number, number], [number, number]];
  const [batch, height, width, channels] = x.shape as Image;
  const [filterHeight, filterWidth] = filter.shape as Image;
  const reach = (size: number, stride: number, window: number, dilation: number): number =>
    Math.min(size, (Math.ceil(size / stride) - 1) * stride + (window - 1) * dilation + 1);
  const size: Image = [
    batch,
    reach(height, down, filterHeight, dilationDown),
    reach(width, across, filterWidth, dilationAcross),
    channels,
  ];
  if (size[1] === height && size[2] === width) return x;
  return slice(backend, { x }, { begin: [0, 0, 0, 0], size });
}
