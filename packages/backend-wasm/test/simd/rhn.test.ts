import { engine, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { composedRhnSequence, KERNELS } from '@secateur/backend';
import {
  expectAllClose,
  rhnGradientReference,
  rhnInputNames as names,
  rhnReference,
  rhnSizes,
  rhnTensors,
  rhnValues,
  type RhnSizes,
  type RhnValues,
} from '@secateur/testing';
import { beforeEach, expect, test } from 'vitest';
import { describeBuilds, numbers, soilMemory } from './builds.ts';

const large: readonly RhnSizes[] = [
  { batch: 1, time: 7, input: 33, units: 17, depth: 3 },
  { batch: 7, time: 3, input: 9, units: 31, depth: 10 },
  { batch: 20, time: 3, input: 65, units: 66, depth: 4 },
  { batch: 13, time: 2, input: 300, units: 257, depth: 2 },
  // Deeper than one block of a product, forwards too.
  { batch: 2, time: 1, input: 5, units: 777, depth: 2 },
];

const attributes = { transformBias: -0.5 };

/** Runs the kernel as the registry has it: `y`, `activations` and `states`. */
function forward(sizes: RhnSizes, values: RhnValues): [Tensor, Tensor, Tensor] {
  const inputs = { ...rhnTensors(values, sizes) };
  return engine().runKernel(KERNELS.rhnSequence, inputs, attributes) as unknown as [
    Tensor,
    Tensor,
    Tensor,
  ];
}

/** The gradients of `x`, `kernel`, `recurrent`, `bias` and `s0`, for a gradient of `y`. */
function backward(sizes: RhnSizes, values: RhnValues, slope: Float32Array): Tensor[] {
  const [y, activations, states] = forward(sizes, values);
  const dy = tensor(slope, y.shape);
  return engine().runKernel(
    KERNELS.rhnSequenceGrad,
    { ...rhnTensors(values, sizes), dy, y, activations, states },
    attributes,
  ) as unknown as Tensor[];
}

describeBuilds('RhnSequence', () => {
  beforeEach(soilMemory);

  test.each([...rhnSizes, ...large])(
    'agrees with float64 at $batch x $time x $input -> $units, depth $depth',
    (sizes) => {
      const values = rhnValues(sizes);
      const expected = rhnReference({ ...values, ...sizes, ...attributes });
      tidy(() => {
        expectAllClose(forward(sizes, values)[0], expected, { rtol: 1e-5, atol: 5e-6 });
      });
    },
  );

  test.each([...rhnSizes, ...large])(
    'keeps what the gradient reads at $batch x $time x $input -> $units, depth $depth',
    (sizes) => {
      const values = rhnValues(sizes);
      tidy(() => {
        const found = forward(sizes, values);
        const expected = composedRhnSequence({ ...rhnTensors(values, sizes) }, attributes);
        expected.forEach((each, i) => {
          expect(found[i]!.shape).toEqual(each.shape);
          expectAllClose(found[i]!, each, { rtol: 1e-5, atol: 5e-6 });
        });
      });
    },
  );

  test.each([...rhnSizes, ...large])(
    'has the gradient of float64 at $batch x $time x $input -> $units, depth $depth',
    (sizes) => {
      const { batch, time, units } = sizes;
      const values = rhnValues(sizes);
      const slope = numbers(batch * time * units, 21);
      const expected = rhnGradientReference({ ...values, ...sizes, ...attributes }, slope);
      tidy(() => {
        const found = backward(sizes, values, slope);
        names.slice(0, -1).forEach((name, i) => {
          const each = expected[name as Exclude<typeof name, 'mask'>];
          const most = each.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
          expectAllClose(found[i]!, each, { rtol: 1e-4, atol: 1e-6 + 5e-6 * most });
        });
      });
    },
  );

  test('saturates without NaN, forwards and backwards', () => {
    const sizes = { batch: 2, time: 3, input: 5, units: 6, depth: 3 };
    const values = rhnValues(sizes, 3e4);
    tidy(() => {
      const tensors = [...forward(sizes, values), ...backward(sizes, values, numbers(36, 1))];
      for (const each of tensors) expect(each.dataSync().every(Number.isFinite)).toBe(true);
    });
  });

  test('lets a NaN through, forwards and backwards', () => {
    const sizes = { batch: 2, time: 2, input: 3, units: 5, depth: 2 };
    const values = rhnValues(sizes);
    values.x[0] = NaN;
    tidy(() => {
      const y = forward(sizes, values)[0].dataSync();
      expect(y.subarray(0, 10).every(Number.isNaN)).toBe(true);
      expect(y.subarray(10).every(Number.isFinite)).toBe(true);
      const [dx, ...others] = backward(sizes, values, numbers(20, 1)).map((each) =>
        each.dataSync(),
      );
      expect(dx!.subarray(0, 6).every(Number.isNaN)).toBe(true);
      expect(dx!.subarray(6).every(Number.isFinite)).toBe(true);
      for (const each of others) expect(each.some(Number.isNaN)).toBe(true);
    });
  });
});
