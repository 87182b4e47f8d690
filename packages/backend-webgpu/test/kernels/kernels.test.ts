import { scalar, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import {
  adamStep,
  penalizedGradient,
  sgdStep,
  shrinkWeight,
  sparseSoftmaxCrossEntropy,
} from '@secateur/backend/kernels';
import { expectAllClose, softmaxCrossEntropyReference } from '@secateur/testing';
import { kernelSuites, singleKernels } from '@secateur/testing/kernels';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { limitDevice } from '../small-limits.ts';
import { bitsOf, readAll, soilMemory } from '../values.ts';

describeWebgpu('fused kernels', () => {
  kernelSuites(singleKernels, {
    soil: soilMemory,
    addsInFloat32: true,
    withoutLarge: true,
  });

  describe('where so few tensors can be bound that scalars and factors share one', () => {
    let restore: (() => void) | undefined;
    beforeEach(() => {
      restore = limitDevice({ maxStorageBuffersPerShaderStage: 8 });
    });
    afterEach(() => restore?.());
    kernelSuites(['AdamStep'], { soil: soilMemory, addsInFloat32: true, withoutLarge: true });
  });

  test('the threshold is exact in single precision, and NaN and infinities stay', async () => {
    const threshold = 1e-4;
    const at = Math.fround(threshold);
    const bits = new Uint32Array(Float32Array.of(at).buffer)[0]!;
    const below = new Float32Array(Uint32Array.of(bits - 1).buffer)[0]!;
    const values = [at, -at, below, -below, 0, -0, NaN, Infinity, -Infinity, 1e-30, 5e-5];
    const [shrunk, stepped] = await readAll(() => [
      shrinkWeight(tensor1d(values), {}, threshold),
      sgdStep(
        { weight: tensor1d(values), gradient: tensor1d(values.map(() => 0)) },
        { learningRate: 1, threshold },
      ),
    ]);
    const wanted = [at, -at, 0, 0, 0, 0, NaN, Infinity, -Infinity, 0, 0];
    for (const found of [shrunk!, stepped!]) {
      expect([...found].map(Number.isNaN)).toEqual(wanted.map(Number.isNaN));
      const plain = found.map((value) => (Number.isNaN(value) ? 1 : value));
      expect(bitsOf(plain)).toEqual(
        bitsOf(Float32Array.from(wanted, (value) => (Number.isNaN(value) ? 1 : value))),
      );
    }
  });

  test('a NaN of any kind passes every kernel: quiet, signalling, negative', async () => {
    const nans = new Float32Array(Uint32Array.of(0x7fc00000, 0x7f800001, 0xffc00000).buffer);
    const found = await readAll(() => {
      const weight = tensor1d(nans);
      const other = tensor1d([1, 2, 3]);
      return [
        shrinkWeight(weight, { rows: tensor1d([0, 0, 0]) }, 0.5),
        sgdStep({ weight: other, gradient: weight }, { learningRate: 0.1, threshold: 0.5 }),
        penalizedGradient({ gradient: other, weight, rows: tensor1d([1, 1, 1]) }),
        penalizedGradient({ gradient: other, scale: scalar(NaN) }),
        ...Object.values(
          adamStep(
            {
              weight: other,
              gradient: weight,
              firstMoment: tensor1d([0, 0, 0]),
              secondMoment: tensor1d([0, 0, 0]),
              correction1: scalar(0.1),
              correction2: scalar(0.1),
            },
            { learningRate: 0.1, beta1: 0.9, beta2: 0.9, epsilon: 1e-7, threshold: 0.5 },
          ),
        ),
      ];
    });
    expect(found.map((values) => values.every(Number.isNaN))).toEqual(found.map(() => true));
  });

  test('has the loss NaN for a row with NaN or infinity, and for a label that is no class', async () => {
    const rows = [
      [1, NaN, 2],
      [1, 2, 3],
      [Infinity, 1, 2],
      [1, 2, 3],
      [1, 2, 3],
      [-Infinity, 2, 3],
    ];
    const labels = [0, 3, 1, -1, 2, 1];
    const [loss] = await readAll(() => [
      sparseSoftmaxCrossEntropy(tensor2d(rows), tensor1d(labels, 'int32')),
    ]);
    expectAllClose(loss!, [
      NaN,
      NaN,
      NaN,
      NaN,
      softmaxCrossEntropyReference([1, 2, 3], [2])[0]!,
      softmaxCrossEntropyReference([2, 3], [0])[0]!,
    ]);
  });
});
