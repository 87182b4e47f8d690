import { engine, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { composedGruSequence, KERNELS } from '@secateur/backend';
import {
  expectAllClose,
  gruAttributes,
  gruGradientReference,
  gruInputNames as names,
  gruReference,
  gruTensors,
  gruValues,
  lstmSizes,
  type GruValues,
  type LstmSizes,
} from '@secateur/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { describeBuilds, numbers, soilMemory } from './builds.ts';

const large: readonly LstmSizes[] = [
  { batch: 1, time: 7, input: 33, units: 17 },
  { batch: 7, time: 5, input: 9, units: 31 },
  { batch: 20, time: 6, input: 65, units: 66 },
  { batch: 13, time: 3, input: 300, units: 257 },
  // Deeper than one block of a product, forwards and backwards.
  { batch: 2, time: 2, input: 5, units: 777 },
];

type Attributes = (typeof gruAttributes)[number];

/** Runs the kernel as the registry has it: `y` and `activations`. */
function forward(sizes: LstmSizes, values: GruValues, attributes: Attributes): [Tensor, Tensor] {
  const inputs = { ...gruTensors(values, sizes) };
  return engine().runKernel(KERNELS.gruSequence, inputs, attributes) as unknown as [Tensor, Tensor];
}

/** The gradients of all inputs, in the order of their names, for a gradient of `y`. */
function backward(
  sizes: LstmSizes,
  values: GruValues,
  slope: Float32Array,
  attributes: Attributes,
): Tensor[] {
  const [y, activations] = forward(sizes, values, attributes);
  const { x, kernel, recurrent, h0 } = gruTensors(values, sizes);
  return engine().runKernel(
    KERNELS.gruSequenceGrad,
    { x, kernel, recurrent, h0, y, activations, dy: tensor(slope, y.shape) },
    attributes,
  ) as unknown as Tensor[];
}

function expectGradients(sizes: LstmSizes, attributes: Attributes): void {
  const { batch, time, units } = sizes;
  const values = gruValues(sizes);
  const slope = numbers(batch * time * units, 21);
  const expected = gruGradientReference({ ...values, ...sizes, ...attributes }, slope);
  tidy(() => {
    const found = backward(sizes, values, slope, attributes);
    names.forEach((name, i) => {
      const most = expected[name].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      expectAllClose(found[i]!, expected[name], { rtol: 1e-4, atol: 1e-6 + 5e-6 * most });
    });
  });
}

describeBuilds('GruSequence', () => {
  beforeEach(soilMemory);

  describe.each([true, false])('reset after %s', (resetAfter) => {
    const attributes = { gates: 'rzn', resetAfter };

    test.each([...lstmSizes, ...large])(
      'agrees with float64 at $batch x $time x $input -> $units',
      (sizes) => {
        const values = gruValues(sizes);
        const expected = gruReference({ ...values, ...sizes, ...attributes });
        tidy(() => {
          const [y] = forward(sizes, values, attributes);
          expectAllClose(y, expected, { rtol: 1e-5, atol: 5e-6 });
        });
      },
    );

    test.each([...lstmSizes, ...large])(
      'keeps what the gradient reads at $batch x $time x $input -> $units',
      (sizes) => {
        const values = gruValues(sizes);
        tidy(() => {
          const found = forward(sizes, values, attributes);
          const inputs = { ...gruTensors(values, sizes) };
          composedGruSequence(inputs, attributes).forEach((each, i) => {
            expect(found[i]!.shape).toEqual(each.shape);
            expectAllClose(found[i]!, each, { rtol: 1e-5, atol: 5e-6 });
          });
        });
      },
    );

    test.each([...lstmSizes, ...large])(
      'has the gradient of float64 at $batch x $time x $input -> $units',
      (sizes) => {
        expectGradients(sizes, attributes);
      },
    );

    test('saturates without NaN, forwards and backwards', () => {
      const sizes = { batch: 2, time: 3, input: 5, units: 6 };
      const values = gruValues(sizes, 3e4);
      tidy(() => {
        const slopes = backward(sizes, values, numbers(36, 1), attributes);
        for (const each of [...forward(sizes, values, attributes), ...slopes]) {
          expect(each.dataSync().every(Number.isFinite)).toBe(true);
        }
      });
    });

    test('lets a NaN through, forwards and backwards', () => {
      const sizes = { batch: 2, time: 2, input: 3, units: 5 };
      const values = gruValues(sizes);
      values.x[0] = NaN;
      tidy(() => {
        const y = forward(sizes, values, attributes)[0].dataSync();
        expect(y.subarray(0, 10).every(Number.isNaN)).toBe(true);
        expect(y.subarray(10).every(Number.isFinite)).toBe(true);
        const [dx, ...others] = backward(sizes, values, numbers(20, 1), attributes).map((each) =>
          each.dataSync(),
        );
        expect(dx!.subarray(0, 6).every(Number.isNaN)).toBe(true);
        expect(dx!.subarray(6).every(Number.isFinite)).toBe(true);
        for (const each of others) expect(each.some(Number.isNaN)).toBe(true);
      });
    });
  });

  // Both a rest of lanes and several panels, so that a block taken for another shows.
  test.each(gruAttributes)(
    'knows the order $gates of gates, reset after $resetAfter',
    (attributes) => {
      const sizes = { batch: 3, time: 3, input: 4, units: 19 };
      const values = gruValues(sizes);
      const expected = gruReference({ ...values, ...sizes, ...attributes });
      tidy(() => {
        const [y] = forward(sizes, values, attributes);
        expectAllClose(y, expected, { rtol: 1e-5, atol: 5e-6 });
      });
      expectGradients(sizes, attributes);
    },
  );
});
