import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { TensorArray } from '@secateur/backend/kernels';
import { type ConvolutionAttributes, convolutionTaps, eachTap } from './convolution-taps.ts';
import { wasmArrays, zerosOf } from './wasm-arrays.ts';

/**
 * Makes the gradients of convolutions of volumes, of which the stock ones return zeros for most shapes, and of convolutions
 * with a filter for each channel, which the stock backend lacks.
 */
export function convolutionGradientKernels(): KernelConfig[] {
  return [
    inputGradient(Conv3DBackpropInputV2, false),
    filterGradient(Conv3DBackpropFilterV2, false),
    inputGradient(DepthwiseConv2dNativeBackpropInput, true),
    filterGradient(DepthwiseConv2dNativeBackpropFilter, true),
  ];
}

/** The last two axes of a filter: channels of the input, and how many outputs it has of all of them or of each. */
const sizesOf = (filter: readonly number[]): [channels: number, width: number] => [
  filter.at(-2)!,
  filter.at(-1)!,
];

function inputGradient(kernelName: string, perChannel: boolean): KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { dy, filter } = call.inputs as Record<'dy' | 'filter', TensorInfo>;
      const attrs = call.attrs as unknown as ConvolutionAttributes & { inputShape: number[] };
      const taps = convolutionTaps(attrs.inputShape, filter.shape, attrs, perChannel);
      const [channels, width] = sizesOf(filter.shape);
      const out = zerosOf(backend, attrs.inputShape, 'float32');
      const [slopes, weights, dx] = views(backend, dy, filter, out);
      const perPosition = perChannel ? channels * width : width;
      eachTap(taps, (y, tap, x) => {
        for (let c = 0; c < channels; c++) {
          const from = y * perPosition + (perChannel ? c * width : 0);
          const weight = (tap * channels + c) * width;
          let sum = 0;
          for (let k = 0; k < width; k++) sum += slopes[from + k]! * weights[weight + k]!;
          dx[x * channels + c]! += sum;
        }
      });
      return out;
    },
  };
}

function filterGradient(kernelName: string, perChannel: boolean): KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: (call) => {
      const backend = call.backend as BackendWasm;
      const { x, dy } = call.inputs as Record<'x' | 'dy', TensorInfo>;
      const attrs = call.attrs as unknown as ConvolutionAttributes & { filterShape: number[] };
      const taps = convolutionTaps(x.shape, attrs.filterShape, attrs, perChannel);
      const [channels, width] = sizesOf(attrs.filterShape);
      const out = backend.makeOutput(attrs.filterShape, 'float32');
      const [inputs, slopes, dw] = views(backend, x, dy, out);
      const perPosition = perChannel ? channels * width : width;
      // Sums over all positions of a batch are long.
      const sums = new Float64Array(dw.length);
      eachTap(taps, (y, tap, at) => {
        for (let c = 0; c < channels; c++) {
          const input = inputs[at * channels + c]!;
          const from = y * perPosition + (perChannel ? c * width : 0);
          const to = (tap * channels + c) * width;
          for (let k = 0; k < width; k++) sums[to + k]! += input * slopes[from + k]!;
        }
      });
      dw.set(sums);
      return out;
    },
  };
}

const views = (
  backend: BackendWasm,
  ...infos: [TensorInfo, TensorInfo, TensorInfo]
): [TensorArray, TensorArray, TensorArray] =>
  infos.map((info) => wasmArrays.view(backend, info)) as [TensorArray, TensorArray, TensorArray];
