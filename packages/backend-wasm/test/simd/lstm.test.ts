import {
  add,
  engine,
  grads,
  mul,
  sum,
  tensor,
  tidy,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import {
  composedLstmSequence,
  composedLstmSequenceGrad,
  KERNELS,
  lstmSequence,
  type LstmSequenceAttributes,
} from '@secateur/backend';
import {
  expectAllClose,
  finiteDifference,
  lstmInputNames as names,
  lstmReference,
  lstmShapes,
  lstmTensors,
  lstmValues,
  type LstmSizes,
  type LstmValues,
} from '@secateur/testing';
import { beforeEach, expect, test } from 'vitest';
import { describeBuilds, numbers, soilMemory } from './builds.ts';

function run(
  sizes: LstmSizes,
  tensors: readonly Tensor[],
  attributes: LstmSequenceAttributes,
): { y: Tensor; h: Tensor; c: Tensor } {
  expect(tensors.map((each) => each.shape)).toEqual(Object.values(lstmShapes(sizes)));
  const [x, kernel, recurrent, bias, h0, c0] = tensors;
  return lstmSequence(
    {
      x: x as Tensor3D,
      kernel: kernel as Tensor2D,
      recurrent: recurrent as Tensor2D,
      bias: bias as Tensor1D,
      h0: h0 as Tensor2D,
      c0: c0 as Tensor2D,
    },
    attributes,
  );
}

/** The inputs' tensors, in the order of their names. */
function tensorsOf(sizes: LstmSizes, values: LstmValues): Tensor[] {
  const inputs = lstmTensors(values, sizes);
  return names.map((name) => inputs[name]);
}

const small: readonly LstmSizes[] = [
  { batch: 1, time: 1, input: 1, units: 1 },
  { batch: 1, time: 4, input: 1, units: 2 },
  { batch: 3, time: 1, input: 2, units: 3 },
  { batch: 2, time: 3, input: 1, units: 5 },
  { batch: 5, time: 2, input: 3, units: 4 },
  { batch: 2, time: 3, input: 2, units: 0 },
  { batch: 2, time: 2, input: 0, units: 3 },
  { batch: 1, time: 2, input: 0, units: 0 },
];

const large: readonly LstmSizes[] = [
  { batch: 1, time: 7, input: 33, units: 17 },
  { batch: 7, time: 5, input: 9, units: 31 },
  { batch: 20, time: 6, input: 65, units: 66 },
  { batch: 13, time: 3, input: 300, units: 257 },
];

describeBuilds('LstmSequence', () => {
  beforeEach(soilMemory);

  test.each([...small, ...large])(
    'agrees with float64 at $batch x $time x $input -> $units',
    (sizes) => {
      const values = lstmValues(sizes);
      const attributes = { gates: 'igfo', forgetBias: 0.5 };
      const expected = lstmReference({ ...values, ...sizes, ...attributes });
      tidy(() => {
        const { y, h, c } = run(sizes, tensorsOf(sizes, values), attributes);
        expectAllClose(y, expected.y, { rtol: 1e-5, atol: 3e-6 });
        expectAllClose(h, expected.h, { rtol: 1e-5, atol: 3e-6 });
        expectAllClose(c, expected.c, { rtol: 1e-5, atol: 3e-6 });
      });
    },
  );

  test.each(small)(
    'has the gradient of differences at $batch x $time x $input -> $units',
    (sizes) => {
      const { batch, time, units } = sizes;
      const values = lstmValues(sizes);
      const attributes = { gates: 'ifgo', forgetBias: 0 };
      const weights = {
        y: numbers(batch * time * units, 21),
        h: numbers(batch * units, 22),
        c: numbers(batch * units, 23),
      };
      const exact = (at: LstmValues): number => {
        const out = lstmReference({ ...at, ...sizes, ...attributes });
        return (['y', 'h', 'c'] as const).reduce(
          (total, name) => out[name].reduce((t, value, i) => t + value * weights[name][i]!, total),
          0,
        );
      };
      tidy(() => {
        const found = grads((...inputs: Tensor[]) => {
          const { y, h, c } = run(sizes, inputs, attributes);
          const share = (out: Tensor, by: Float32Array): Tensor =>
            sum(mul(out, tensor(by, out.shape)));
          return add(add(share(y, weights.y), share(h, weights.h)), share(c, weights.c));
        })(tensorsOf(sizes, values));
        names.forEach((name, i) => {
          const differences = finiteDifference(
            (moved) => exact({ ...values, [name]: moved }),
            values[name],
          );
          expectAllClose(found[i]!, differences, { rtol: 1e-4, atol: 2e-5 });
        });
      });
    },
  );

  test.each(large)(
    'has the gradient of the composed form at $batch x $time x $input -> $units',
    (sizes) => {
      const values = lstmValues(sizes);
      const attributes = { gates: 'fiog', forgetBias: 1 };
      tidy(() => {
        const tensors = tensorsOf(sizes, values);
        const inputs = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
        const [y, cLast, activations, states] = composedLstmSequence(inputs, attributes);
        const dy = tensor(numbers(y.size, 31), y.shape);
        const dcLast = tensor(numbers(cLast.size, 32), cLast.shape);
        const all = { ...inputs, y, activations, states, dy, dcLast };
        const found = engine().runKernel(
          KERNELS.lstmSequenceGrad,
          all,
          attributes,
        ) as unknown as Tensor[];
        composedLstmSequenceGrad(all, attributes).forEach((expected, i) => {
          expect(found[i]!.shape).toEqual(expected.shape);
          const most = expected.dataSync<'float32'>().reduce((a, b) => Math.max(a, Math.abs(b)), 0);
          expectAllClose(found[i]!, expected, { rtol: 1e-4, atol: 3e-6 * most });
        });
      });
    },
  );

  test('saturates without NaN, forwards and backwards', () => {
    const sizes = { batch: 2, time: 3, input: 5, units: 6 };
    const values = lstmValues(sizes, 3e4);
    const attributes = { gates: 'ifgo', forgetBias: 0 };
    const expected = lstmReference({ ...values, ...sizes, ...attributes });
    tidy(() => {
      const tensors = tensorsOf(sizes, values);
      expectAllClose(run(sizes, tensors, attributes).y, expected.y, { rtol: 1e-5, atol: 1e-5 });
      const found = grads((...inputs: Tensor[]) => sum(run(sizes, inputs, attributes).y))(tensors);
      for (const each of found) expect(each.dataSync().every(Number.isFinite)).toBe(true);
    });
  });

  test('lets a NaN through', () => {
    const sizes = { batch: 2, time: 2, input: 3, units: 5 };
    const values = lstmValues(sizes);
    values.x[0] = NaN;
    tidy(() => {
      const y = run(sizes, tensorsOf(sizes, values), { gates: 'ifgo', forgetBias: 0 }).y.dataSync();
      expect(y.subarray(0, 10).every(Number.isNaN)).toBe(true);
      expect(y.subarray(10).every(Number.isFinite)).toBe(true);
    });
  });
});
