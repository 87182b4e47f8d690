import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  Add,
  Conv2D,
  type Conv2DAttrs,
  DepthwiseConv2dNative,
  FusedConv2D,
  type KernelConfig,
  Multiply,
  Slice,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { callable, stockConfig, type StockKernel } from '@secateur/backend/kernels';
import { activateInPlace, activations } from './activate.ts';

type Image = [number, number, number, number];

interface ConvolutionInputs extends Record<string, TensorInfo | undefined> {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
  readonly bias?: TensorInfo;
}

interface ConvolutionAttrs extends Conv2DAttrs {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/**
 * Makes the convolutions of images. With the padding `same` and a stride above the filter's size the stock ones pad by a
 * negative number of entries, taken for a huge one, and return zeros; without the entries that no window reaches there is
 * nothing to pad. Bounded activations, and filters of one number for a channel, make a number of NaN there.
 */
export function convolutionKernels(): KernelConfig[] {
  const slice = callable(stockConfig(Slice, 'wasm'));
  const scale = scaling();
  return [Conv2D, FusedConv2D, DepthwiseConv2dNative].map((name) => {
    const stock = stockConfig(name, 'wasm');
    return {
      ...stock,
      kernelFunc: (call) => {
        const backend = call.backend as BackendWasm;
        const inputs = call.inputs as unknown as ConvolutionInputs;
        const attrs = call.attrs as unknown as ConvolutionAttrs;
        const { activation = 'linear', leakyreluAlpha = 0 } = attrs;
        const { x, filter } = inputs;
        const scales = scalesChannels(filter, attrs, name === DepthwiseConv2dNative);
        const ours = scales || activation === 'relu' || activation === 'relu6';
        const after = ours ? activations[activation] : undefined;
        let out: TensorInfo;
        if (scales && after !== undefined) out = scale(backend, inputs);
        else {
          const reached = withoutUnreached(backend, slice, x, filter, attrs);
          out = stock.kernelFunc({
            ...call,
            inputs: { ...call.inputs, x: reached },
            attrs: { ...call.attrs, ...(after !== undefined && { activation: 'linear' }) },
          }) as TensorInfo;
          if (reached !== x) backend.disposeData(reached.dataId);
        }
        if (after !== undefined) activateInPlace(backend, out, after, leakyreluAlpha);
        return out;
      },
    };
  });
}

/** Whether each channel is multiplied by one number, and none is left out. */
function scalesChannels(
  { shape }: TensorInfo,
  { strides, pad }: ConvolutionAttrs,
  depthwise: boolean,
): boolean {
  const [height, width, channels, outputs] = shape as Image;
  const apart = typeof strides === 'number' ? strides !== 1 : strides.some((each) => each !== 1);
  const alone = outputs === 1 && (depthwise || channels === 1);
  return height === 1 && width === 1 && alone && !apart && typeof pad === 'string';
}

/** Makes a function that multiplies channels and adds their bias. */
function scaling(): (backend: BackendWasm, inputs: ConvolutionInputs) => TensorInfo {
  const [multiply, add] = [Multiply, Add].map((name) => callable(stockConfig(name, 'wasm'))) as [
    StockKernel,
    StockKernel,
  ];
  return (backend, { x, filter, bias }) => {
    const factors = { ...filter, shape: [filter.shape[2]!] };
    const scaled = multiply(backend, { a: x, b: factors }, {});
    if (bias === undefined) return scaled;
    const out = add(backend, { a: scaled, b: bias }, {});
    backend.disposeData(scaled.dataId);
    return out;
  };
}

/** The part of `x [batch, height, width, channels]` that windows with the padding `same` reach; `x` if that is all. */
function withoutUnreached(
  backend: BackendWasm,
  slice: StockKernel,
  x: TensorInfo,
  filter: TensorInfo,
  { strides, dilations, pad }: ConvolutionAttrs,
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
