import { add, dispose, grads, mul, sum, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import {
  gruSequence,
  type GruSequenceAttributes,
  type GruSequenceInputs,
  type GruSequenceOutputs,
} from '@secateur/backend';
import {
  expectAllClose,
  gruAttributes,
  gruGradientReference,
  gruInputNames,
  gruReference,
  gruTensors,
  gruValues,
  numbers,
  type GruValues,
  type LstmSizes,
} from '@secateur/testing/numeric';
import { expect, test } from 'vitest';
import { read, type Values } from '../read.ts';
import { lastOutputs, sequenceSizes, withLastState } from './sequences.ts';

const ordinary: LstmSizes = { batch: 3, time: 3, input: 5, units: 7 };

const sizesToTry = sequenceSizes.flatMap((sizes) =>
  [true, false].map((resetAfter) => ({ sizes, ...sizes, gates: 'zrn', resetAfter })),
);

const upstreamOf = ({ batch, time, units }: LstmSizes): Record<'y' | 'h', Float64Array> => ({
  y: numbers(batch * time * units, 11),
  h: numbers(batch * units, 12),
});

/** Outputs of the kernel, and the inputs as they are afterwards: no kernel may write to them. */
async function outputs(
  sizes: LstmSizes,
  values: GruValues,
  attributes: GruSequenceAttributes,
): Promise<Values[]> {
  const inputs = gruTensors(values, sizes);
  const found = await read(() => {
    const { y, h } = gruSequence(inputs, attributes);
    return [y, h];
  });
  const after = await read(() => gruInputNames.map((name) => inputs[name].clone()));
  gruInputNames.forEach((name, k) => {
    expect([...after[k]!.data], `${name} afterwards`).toEqual([...values[name]]);
  });
  dispose({ ...inputs });
  return found;
}

function outputsOf(
  given: readonly Tensor[],
  attributes: GruSequenceAttributes,
): GruSequenceOutputs {
  const named = Object.fromEntries(gruInputNames.map((name, k) => [name, given[k]]));
  return gruSequence(named as unknown as GruSequenceInputs, attributes);
}

/** The gradient of a weighted sum of both outputs in every input. */
async function gradients(
  sizes: LstmSizes,
  values: GruValues,
  attributes: GruSequenceAttributes,
): Promise<Values[]> {
  const upstream = upstreamOf(sizes);
  return read(() => {
    const inputs = gruTensors(values, sizes);
    const tensors = gruInputNames.map((name) => inputs[name]);
    // Without units there is no output to add up; the gradients are zeros all the same.
    if (sizes.units === 0) {
      const none = zeros([sizes.batch, sizes.time, 0]);
      return grads((...given) => outputsOf(given, attributes).y)(tensors, none);
    }
    return grads((...given) => {
      const out = outputsOf(given, attributes);
      const weighed = (name: 'y' | 'h'): Tensor => {
        const output: Tensor = out[name];
        return sum(mul(output, tensor(Float32Array.from(upstream[name]), output.shape)));
      };
      return add(weighed('y'), weighed('h'));
    })(tensors);
  });
}

async function expectOutputs(
  sizes: LstmSizes,
  attributes: GruSequenceAttributes,
  scale = 1,
): Promise<void> {
  const values = gruValues(sizes, scale);
  const expected = gruReference({ ...values, ...sizes, ...attributes });
  const { batch, time, units } = sizes;
  const [y, h] = await outputs(sizes, values, attributes);
  expect([y!.shape, h!.shape]).toEqual([
    [batch, time, units],
    [batch, units],
  ]);
  // A closed update gate passes a state on unchanged, whatever its size.
  const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
  expectAllClose(y!.data, expected, { rtol: 1e-5, atol: 5e-6 * most });
  expectAllClose(h!.data, lastOutputs(expected, sizes), { rtol: 1e-5, atol: 5e-6 * most });
}

async function expectGradients(sizes: LstmSizes, attributes: GruSequenceAttributes): Promise<void> {
  const values = gruValues(sizes);
  const { y, h } = upstreamOf(sizes);
  const dy = withLastState(y, h, sizes);
  const expected = gruGradientReference({ ...values, ...sizes, ...attributes }, dy);
  const found = await gradients(sizes, values, attributes);
  const inputs = gruTensors(values, sizes);
  gruInputNames.forEach((name, k) => {
    expect(found[k]!.shape).toEqual(inputs[name].shape);
    const most = expected[name].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expectAllClose(found[k]!.data, expected[name], { rtol: 1e-4, atol: 1e-6 + 1e-5 * most });
  });
  dispose({ ...inputs });
}

/** Tests of the kernel `GruSequence`. */
export function gruSuite(): void {
  test.each(sizesToTry)(
    'agrees with float64 at $batch x $time x $input -> $units, reset after $resetAfter',
    async ({ sizes, gates, resetAfter }) => {
      await expectOutputs(sizes, { gates, resetAfter });
    },
  );
  test.each(gruAttributes)(
    'agrees with float64 in order $gates, reset after $resetAfter',
    async (attributes) => {
      await expectOutputs(ordinary, attributes);
    },
  );
  test.each([true, false])('saturates without NaN, reset after %s', async (resetAfter) => {
    await expectOutputs(ordinary, { gates: 'zrn', resetAfter }, 1000);
  });
}

/** Tests of the kernel `GruSequenceGrad`, through both outputs. */
export function gruGradSuite(): void {
  test.each(sizesToTry)(
    'agrees with float64 at $batch x $time x $input -> $units, reset after $resetAfter',
    async ({ sizes, gates, resetAfter }) => {
      await expectGradients(sizes, { gates, resetAfter });
    },
  );
  test.each(gruAttributes)(
    'agrees with float64 in order $gates, reset after $resetAfter',
    async (attributes) => {
      await expectGradients(ordinary, attributes);
    },
  );
  test.each([true, false])('is finite where gates saturate, reset after %s', async (resetAfter) => {
    const attributes = { gates: 'zrn', resetAfter };
    const found = await gradients(ordinary, gruValues(ordinary, 1000), attributes);
    for (const { data } of found) expect(data.every(Number.isFinite)).toBe(true);
  });
}
