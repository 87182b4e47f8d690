import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedAdamStep,
  composedKernel,
  composedPenalizedGradient,
  composedSgdStep,
  composedShrinkWeight,
  KERNELS,
  type AdamSettings,
  type SgdSettings,
} from '@secateur/backend/kernels';
import {
  addressOf,
  fusedKernel,
  type Infos,
  matrixOf,
  type SimdKernel,
  sizeOf,
} from './fused-kernel.ts';
import type { SimdModule } from './module.ts';

/** Makes the kernels that write gradients and weights: `PenalizedGradient`, `SgdStep`, `AdamStep`, `ShrinkWeight`. */
export function updateKernels(): KernelConfig[] {
  const { penalizedGradient: gradient, sgdStep: sgd, adamStep: adam, shrinkWeight } = KERNELS;
  return [
    fusedKernel(gradient, composedKernel(composedPenalizedGradient), penalizedGradient),
    fusedKernel(sgd, composedKernel(composedSgdStep), sgdStep),
    fusedKernel(adam, composedKernel(composedAdamStep), adamStep),
    fusedKernel(shrinkWeight, composedKernel(composedShrinkWeight), shrink),
  ];
}

/** The first arguments of the kernels with a penalized gradient: the range of rows, and what the gradient is made of. */
function penalized(module: SimdModule, inputs: Infos): number[] {
  const [rows, columns] = matrixOf(inputs, sizeOf(inputs['gradient']!));
  const names = ['gradient', 'weight', 'rows', 'columns', 'scale'];
  return [0, rows, columns, ...names.map((name) => addressOf(module, inputs, name))];
}

const penalizedGradient: SimdKernel = (module, backend, inputs) => {
  const out = backend.makeOutput(inputs['gradient']!.shape, 'float32');
  module.kernels.penalizedGradient(...penalized(module, inputs), module.address(out));
  return out;
};

const sgdStep: SimdKernel = (module, backend, inputs, attrs) => {
  const { learningRate, threshold } = attrs as unknown as SgdSettings;
  const out = backend.makeOutput(inputs['weight']!.shape, 'float32');
  module.kernels.sgdStep(
    ...penalized(module, inputs),
    -learningRate,
    threshold,
    module.address(out),
  );
  return out;
};

const adamStep: SimdKernel = (module, backend, inputs, attrs) => {
  const { learningRate, beta1, beta2, epsilon, threshold } = attrs as unknown as AdamSettings;
  const { weight, firstMoment, secondMoment, correction1, correction2 } = inputs as Record<
    'weight' | 'firstMoment' | 'secondMoment' | 'correction1' | 'correction2',
    TensorInfo
  >;
  const { kernels, address } = module;
  const outputs = [0, 1, 2].map(() => backend.makeOutput(weight.shape, 'float32'));
  kernels.adamStep(
    ...penalized(module, inputs),
    ...[firstMoment, secondMoment, correction1, correction2].map(address),
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    epsilon,
    -learningRate,
    threshold,
    ...outputs.map(address),
  );
  return outputs;
};

const shrink: SimdKernel = (module, backend, inputs, attrs) => {
  const { weight } = inputs as { weight: TensorInfo };
  const [rows, columns] = matrixOf(inputs, sizeOf(weight));
  const out = backend.makeOutput(weight.shape, 'float32');
  const names = ['weight', 'rows', 'columns'];
  module.kernels.shrinkWeight(
    0,
    rows,
    columns,
    ...names.map((name) => addressOf(module, inputs, name)),
    attrs['threshold'] as number,
    module.address(out),
  );
  return out;
};
