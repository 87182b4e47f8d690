import { add, dispose, grads, mul, sum, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { lstmSequence, type LstmSequenceInputs, type LstmSequenceOutputs } from '@secateur/backend';
import {
  expectAllClose,
  lstmGradientReference,
  lstmInputNames,
  lstmReference,
  lstmTensors,
  lstmValues,
  numbers,
  type LstmSizes,
  type LstmValues,
} from '@secateur/testing/numeric';
import { expect, test } from 'vitest';
import { read, type Values } from '../read.ts';
import { sequenceSizes } from './sequences.ts';

const attributesToTry = [
  { gates: 'ifgo', forgetBias: 0 },
  { gates: 'igfo', forgetBias: 1 },
  { gates: 'iofg', forgetBias: 0.5 },
  { gates: 'gofi', forgetBias: -0.25 },
] as const;

type Attributes = (typeof attributesToTry)[number];

const upstreamOf = ({ batch, time, units }: LstmSizes): Record<'y' | 'h' | 'c', Float64Array> => ({
  y: numbers(batch * time * units, 11),
  h: numbers(batch * units, 12),
  c: numbers(batch * units, 13),
});

/** Outputs of the kernel, and the inputs as they are afterwards: no kernel may write to them. */
async function outputs(
  sizes: LstmSizes,
  values: LstmValues,
  attributes: Attributes,
): Promise<Values[]> {
  const inputs = lstmTensors(values, sizes);
  const found = await read(() => {
    const { y, h, c } = lstmSequence(inputs, attributes);
    return [y, h, c];
  });
  const after = await read(() => lstmInputNames.map((name) => inputs[name].clone()));
  lstmInputNames.forEach((name, k) => {
    expect([...after[k]!.data], `${name} afterwards`).toEqual([...values[name]]);
  });
  dispose({ ...inputs });
  return found;
}

function outputsOf(given: readonly Tensor[], attributes: Attributes): LstmSequenceOutputs {
  const named = Object.fromEntries(lstmInputNames.map((name, k) => [name, given[k]]));
  return lstmSequence(named as unknown as LstmSequenceInputs, attributes);
}

/** The gradient of a weighted sum of all three outputs in every input. */
async function gradients(
  sizes: LstmSizes,
  values: LstmValues,
  attributes: Attributes,
): Promise<Values[]> {
  const upstream = upstreamOf(sizes);
  return read(() => {
    const inputs = lstmTensors(values, sizes);
    const loss = (...given: Tensor[]): Tensor => {
      const out = outputsOf(given, attributes);
      const terms = (['y', 'h', 'c'] as const).map((name) => {
        const output: Tensor = out[name];
        return sum(mul(output, tensor(Float32Array.from(upstream[name]), output.shape)));
      });
      return terms.reduce((total, term) => add(total, term));
    };
    const tensors = lstmInputNames.map((name) => inputs[name]);
    if (sizes.units > 0) return grads(loss)(tensors);
    // Without units there is no output to add up; the gradients are zeros all the same.
    return grads((...given) => outputsOf(given, attributes).y)(
      tensors,
      zeros([sizes.batch, sizes.time, 0]),
    );
  });
}

async function expectOutputs(sizes: LstmSizes, attributes: Attributes, scale = 1): Promise<void> {
  const values = lstmValues(sizes, scale);
  const expected = lstmReference({ ...values, ...sizes, ...attributes });
  const { batch, time, units } = sizes;
  const [y, h, c] = await outputs(sizes, values, attributes);
  expect([y!.shape, h!.shape, c!.shape]).toEqual([
    [batch, time, units],
    [batch, units],
    [batch, units],
  ]);
  expectAllClose(y!.data, expected.y, { rtol: 1e-5, atol: 5e-6 });
  expectAllClose(h!.data, expected.h, { rtol: 1e-5, atol: 5e-6 });
  expectAllClose(c!.data, expected.c, { rtol: 1e-5, atol: 5e-6 });
}

async function expectGradients(sizes: LstmSizes, attributes: Attributes): Promise<void> {
  const values = lstmValues(sizes);
  const expected = lstmGradientReference({ ...values, ...sizes, ...attributes }, upstreamOf(sizes));
  const found = await gradients(sizes, values, attributes);
  const inputs = lstmTensors(values, sizes);
  lstmInputNames.forEach((name, k) => {
    expect(found[k]!.shape).toEqual(inputs[name].shape);
    const most = expected[name].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expectAllClose(found[k]!.data, expected[name], { rtol: 1e-4, atol: 1e-6 + 1e-5 * most });
  });
  dispose({ ...inputs });
}

/** Tests of the kernel `LstmSequence`. */
export function lstmSuite(): void {
  test.each(sequenceSizes)(
    'agrees with float64 at $batch x $time x $input -> $units',
    async (sizes) => {
      await expectOutputs(sizes, attributesToTry[0]);
    },
  );
  test.each(attributesToTry)(
    'agrees with float64 in order $gates, forget bias $forgetBias',
    async (attributes) => {
      await expectOutputs({ batch: 3, time: 3, input: 5, units: 7 }, attributes);
    },
  );
  test('saturates without NaN', async () => {
    await expectOutputs({ batch: 2, time: 3, input: 5, units: 6 }, attributesToTry[0], 1000);
  });
}

/** Tests of the kernel `LstmSequenceGrad`, through every output. */
export function lstmGradSuite(): void {
  test.each(sequenceSizes)(
    'agrees with float64 at $batch x $time x $input -> $units',
    async (sizes) => {
      await expectGradients(sizes, attributesToTry[0]);
    },
  );
  test.each(attributesToTry)(
    'agrees with float64 in order $gates, forget bias $forgetBias',
    async (attributes) => {
      await expectGradients({ batch: 3, time: 3, input: 5, units: 7 }, attributes);
    },
  );
  test('is finite where the gates saturate', async () => {
    const sizes = { batch: 2, time: 3, input: 5, units: 6 };
    const found = await gradients(sizes, lstmValues(sizes, 1000), attributesToTry[0]);
    for (const { data } of found) expect(data.every(Number.isFinite)).toBe(true);
  });
}
