import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import {
  composedAdamStep,
  composedKernel,
  composedPenalizedGradient,
  composedPenalizedSquaredNorm,
  composedSgdStep,
  composedShrinkWeight,
  KERNELS,
} from '@secateur/backend/kernels';
import { inBlocks } from '../blocks.ts';
import type { Handle } from '../native-backend.ts';
import { fusedKernel } from './fused-kernel.ts';
import {
  rowColumnFactors,
  mapBlocks,
  penalized,
  thresholdNumbers,
  zeroSmall,
} from './penalized.ts';

/**
 * Makes the kernels of the optimizer's steps: operations on blocks that stay in the cache, in the order of the composed
 * forms, so that they give the same bits.
 */
export function updateKernels(): KernelConfig[] {
  return [sgdStep(), adamStep(), shrinkWeight(), penalizedGradient(), penalizedSquaredNorm()];
}

const sizeOf = ({ shape }: TensorInfo): number =>
  shape.reduce((product, length) => product * length, 1);

function sgdStep(): KernelConfig {
  return fusedKernel(
    KERNELS.sgdStep,
    composedKernel(composedSgdStep),
    (ops, inputs, attributes) => {
      const size = sizeOf(inputs['weight']!);
      if (size === 0) return undefined;
      const factors = rowColumnFactors(ops, inputs, size);
      const rate = ops.constant([], Float32Array.of(-(attributes['learningRate'] as number)));
      const scale = inputs['scale'] && ops.input(inputs['scale']);
      return mapBlocks(
        ops,
        inputs,
        ['gradient', 'weight'],
        factors,
        1,
        thresholdNumbers(attributes),
        (block) => {
          const gradient = penalized(ops, block, factors.columns, scale);
          const moved = ops.float('AddV2', ops.float('Mul', gradient, rate), block.matrices[1]!);
          return [zeroSmall(ops, block, moved)];
        },
      );
    },
  );
}

function adamStep(): KernelConfig {
  return fusedKernel(
    KERNELS.adamStep,
    composedKernel(composedAdamStep),
    (ops, inputs, attributes) => {
      const size = sizeOf(inputs['weight']!);
      if (size === 0) return undefined;
      const factors = rowColumnFactors(ops, inputs, size);
      const number = (value: number): Handle => ops.constant([], Float32Array.of(value));
      const { learningRate, beta1, beta2, epsilon } = attributes as Record<string, number>;
      const scale = inputs['scale'] && ops.input(inputs['scale']);
      const [kept1, new1, kept2, new2] = [beta1!, 1 - beta1!, beta2!, 1 - beta2!].map(number) as [
        Handle,
        Handle,
        Handle,
        Handle,
      ];
      const correction2 = ops.input(inputs['correction2']!);
      const correction1 = ops.input(inputs['correction1']!);
      const rate = number(-learningRate!);
      const small = number(epsilon!);
      const names = ['gradient', 'weight', 'firstMoment', 'secondMoment'];
      return mapBlocks(ops, inputs, names, factors, 3, thresholdNumbers(attributes), (block) => {
        const [, weight, first, second] = block.matrices as [Handle, Handle, Handle, Handle];
        const gradient = penalized(ops, block, factors.columns, scale);
        const mean = ops.float(
          'AddV2',
          ops.float('Mul', first, kept1),
          ops.float('Mul', gradient, new1),
        );
        const squares = ops.float(
          'AddV2',
          ops.float('Mul', second, kept2),
          ops.float('Mul', ops.float('Square', gradient), new2),
        );
        const root = ops.float('Sqrt', ops.float('Div', squares, correction2));
        const scaled = ops.float(
          'Div',
          ops.float('Div', mean, correction1),
          ops.float('AddV2', root, small),
        );
        const moved = ops.float('AddV2', ops.float('Mul', scaled, rate), weight);
        return [zeroSmall(ops, block, moved), mean, squares];
      });
    },
  );
}

function shrinkWeight(): KernelConfig {
  const composed = composedKernel(composedShrinkWeight);
  return fusedKernel(KERNELS.shrinkWeight, composed, (ops, inputs, attributes) => {
    const size = sizeOf(inputs['weight']!);
    if (size === 0) return undefined;
    const factors = rowColumnFactors(ops, inputs, size);
    const zero = ops.constant([], Float32Array.of(0));
    return mapBlocks(ops, inputs, ['weight'], factors, 1, thresholdNumbers(attributes), (block) => {
      let [x] = block.matrices as [Handle];
      for (const factor of [block.rows, factors.columns]) {
        if (factor !== undefined) x = ops.float('Mul', x, factor);
      }
      // Adding 0 turns the -0 of a removed negative entry into 0.
      return [zeroSmall(ops, block, ops.float('AddV2', x, zero))];
    });
  });
}

function penalizedGradient(): KernelConfig {
  const composed = composedKernel(composedPenalizedGradient);
  return fusedKernel(KERNELS.penalizedGradient, composed, (ops, inputs) => {
    const { gradient, scale, rows, columns } = inputs;
    const size = sizeOf(gradient!);
    const plain = rows === undefined && columns === undefined;
    if (size === 0 || (plain && scale === undefined)) return undefined;
    const factors = rowColumnFactors(ops, inputs, size);
    const factor = scale && ops.input(scale);
    return mapBlocks(
      ops,
      inputs,
      plain ? ['gradient'] : ['gradient', 'weight'],
      factors,
      1,
      [],
      (block) => [penalized(ops, block, factors.columns, factor)],
    );
  });
}

function penalizedSquaredNorm(): KernelConfig {
  const composed = composedKernel(composedPenalizedSquaredNorm);
  return fusedKernel(KERNELS.penalizedSquaredNorm, composed, (ops, inputs) => {
    const { gradient, rows, columns } = inputs;
    const size = sizeOf(gradient!);
    if (size === 0) return undefined;
    const two = ops.constant([], Float32Array.of(2));
    // L2Loss is half the sum of the squares, in one pass that makes nothing.
    if (rows === undefined && columns === undefined) {
      return [ops.output(ops.float('Mul', ops.float('L2Loss', ops.input(gradient!)), two))];
    }
    const factors = rowColumnFactors(ops, inputs, size);
    const matrices = ['gradient', 'weight'].map((name) => ops.input(inputs[name]!, factors.shape));
    const halves = inBlocks(ops, factors.shape, matrices, factors.rows, [], (block) => [
      ops.float('L2Loss', penalized(ops, block, factors.columns, undefined)),
    ]);
    const all = ops.concat(
      halves.map(([half]) => ops.reshape(half!, [1])),
      0,
    );
    return [ops.output(ops.float('Mul', ops.sum(all, [0]), two))];
  });
}
