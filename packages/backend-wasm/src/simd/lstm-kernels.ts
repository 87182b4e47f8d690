import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedKernel,
  composedLstmSequence,
  composedLstmSequenceGrad,
  gatePositions,
  KERNELS,
} from '@secateur/backend';
import { fusedKernel, type Infos } from './fused-kernel.ts';
import type { SimdModule } from './module.ts';

/** Makes the `LstmSequence` kernel: a whole sequence in one call, composed from operations where there is no SIMD. */
export function lstmSequenceKernel(): KernelConfig {
  return fusedKernel(KERNELS.lstmSequence, composedKernel(composedLstmSequence), forward);
}

/** Makes the `LstmSequenceGrad` kernel: back-propagation through a whole sequence in one call. */
export function lstmSequenceGradKernel(): KernelConfig {
  return fusedKernel(KERNELS.lstmSequenceGrad, composedKernel(composedLstmSequenceGrad), backward);
}

function forward(
  module: SimdModule,
  backend: BackendWasm,
  inputs: Infos,
  attrs: NamedAttrMap,
): TensorInfo[] {
  const { x, kernel, recurrent, bias, h0, c0 } = inputs as Record<
    'x' | 'kernel' | 'recurrent' | 'bias' | 'h0' | 'c0',
    TensorInfo
  >;
  const [batch, time, input] = x.shape as [number, number, number];
  const units = recurrent.shape[0]!;
  const { i, f, g, o } = gatePositions(attrs['gates'] as string);
  const make = (...shape: number[]): TensorInfo => backend.makeOutput(shape, 'float32');
  const outputs = [
    make(batch, time, units),
    make(batch, units),
    make(time, batch, 4 * units),
    make(time, batch, units),
  ] as const;
  const { kernels, address } = module;
  const bytes = kernels.lstmForwardScratch(batch, time, input, units);
  module.withScratch(bytes, (scratch) => {
    const [y, cLast, activations, states] = outputs.map(address) as [
      number,
      number,
      number,
      number,
    ];
    kernels.lstmForward(
      ...[address(x), address(kernel), address(recurrent), address(bias), address(h0), address(c0)],
      ...[batch, time, input, units, i, f, g, o],
      attrs['forgetBias'] as number,
      ...[y, cLast, activations, states, scratch],
    );
  });
  return [...outputs];
}

function backward(
  module: SimdModule,
  backend: BackendWasm,
  inputs: Infos,
  attrs: NamedAttrMap,
): TensorInfo[] {
  const { x, h0 } = inputs as Record<'x' | 'h0', TensorInfo>;
  const [batch, time, input] = x.shape as [number, number, number];
  const units = h0.shape[1]!;
  const { i, f, g, o } = gatePositions(attrs['gates'] as string);
  const gradients = [
    x.shape,
    [input, 4 * units],
    [units, 4 * units],
    [4 * units],
    [batch, units],
    [batch, units],
  ].map((shape) => backend.makeOutput(shape, 'float32'));
  const { kernels, address } = module;
  const bytes = kernels.lstmBackwardScratch(batch, time, input, units);
  module.withScratch(bytes, (scratch) => {
    kernels.lstmBackward(
      ...read.map((name) => address(inputs[name]!)),
      ...[batch, time, input, units, i, f, g, o],
      ...gradients.map(address),
      scratch,
    );
  });
  return gradients;
}

/** What the gradient reads, in the order of its arguments. */
const read = [
  'dy',
  'dcLast',
  'x',
  'kernel',
  'recurrent',
  'h0',
  'c0',
  'y',
  'activations',
  'states',
] as const;
