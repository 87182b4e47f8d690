import {
  add,
  clone,
  dispose,
  grads,
  mul,
  sum,
  tensor,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { rhnSequence, type RhnSequenceInputs } from '@secateur/backend';
import {
  expectAllClose,
  numbers,
  rhnGradientReference,
  rhnInputNames,
  rhnReference,
  rhnSizes,
  rhnTensors,
  rhnValues,
  type RhnSizes,
  type RhnValues,
} from '@secateur/testing/numeric';
import { expect, test } from 'vitest';
import { read, type Values } from '../read.ts';
import { lastOutputs, withLastState } from './sequences.ts';

const sizesToTry: readonly RhnSizes[] = [
  ...rhnSizes,
  // Round the widths that kernels work in: 4 and 8 lanes, workgroups of 16 to 256.
  { batch: 2, time: 2, input: 5, units: 4, depth: 2 },
  { batch: 3, time: 2, input: 7, units: 8, depth: 1 },
  { batch: 5, time: 2, input: 8, units: 15, depth: 2 },
  { batch: 16, time: 2, input: 15, units: 17, depth: 2 },
  { batch: 1, time: 3, input: 64, units: 63, depth: 3 },
  { batch: 3, time: 1, input: 65, units: 65, depth: 2 },
  { batch: 1, time: 2, input: 2, units: 255, depth: 1 },
  { batch: 1, time: 2, input: 300, units: 257, depth: 2 },
  { batch: 1, time: 100, input: 3, units: 5, depth: 2 },
  { batch: 65, time: 2, input: 3, units: 3, depth: 2 },
];

const ordinary: RhnSizes = { batch: 3, time: 3, input: 5, units: 7, depth: 2 };

/** The inputs that a gradient reaches: all but the mask. */
const differentiable = rhnInputNames.slice(0, -1) as readonly Exclude<
  (typeof rhnInputNames)[number],
  'mask'
>[];

const upstreamOf = ({ batch, time, units }: RhnSizes): Record<'y' | 's', Float64Array> => ({
  y: numbers(batch * time * units, 11),
  s: numbers(batch * units, 12),
});

/** Outputs of the kernel, and the inputs as they are afterwards: no kernel may write to them. */
async function outputs(
  sizes: RhnSizes,
  values: RhnValues,
  transformBias: number,
  masked = true,
): Promise<Values[]> {
  const inputs = rhnTensors(values, sizes);
  const found = await read(() => {
    const { y, s } = rhnSequence(masked ? inputs : { ...inputs, mask: undefined }, {
      transformBias,
    });
    return [y, s];
  });
  const after = await read(() => rhnInputNames.map((name) => clone<Tensor>(inputs[name]!)));
  rhnInputNames.forEach((name, k) => {
    expect([...after[k]!.data], `${name} afterwards`).toEqual([...values[name]]);
  });
  dispose({ ...inputs });
  return found;
}

/** The gradient of a weighted sum of both outputs in every input but the mask. */
async function gradients(
  sizes: RhnSizes,
  values: RhnValues,
  transformBias: number,
): Promise<Values[]> {
  const upstream = upstreamOf(sizes);
  return read(() => {
    const inputs = rhnTensors(values, sizes);
    const run = (given: readonly Tensor[]): Record<'y' | 's', Tensor> => {
      const named = Object.fromEntries(differentiable.map((name, k) => [name, given[k]]));
      const all = { ...named, mask: inputs.mask } as unknown as RhnSequenceInputs;
      return { ...rhnSequence(all, { transformBias }) };
    };
    const tensors = differentiable.map((name) => inputs[name]);
    // Without units there is no output to add up; the gradients are zeros all the same.
    if (sizes.units === 0) {
      return grads((...given) => run(given)['y'])(tensors, zeros([sizes.batch, sizes.time, 0]));
    }
    return grads((...given) => {
      const out = run(given);
      const weighed = (name: 'y' | 's'): Tensor =>
        sum(mul(out[name], tensor(Float32Array.from(upstream[name]), out[name].shape)));
      return add(weighed('y'), weighed('s'));
    })(tensors);
  });
}

async function expectOutputs(sizes: RhnSizes, transformBias = 0, scale = 1): Promise<void> {
  const values = rhnValues(sizes, scale);
  const expected = rhnReference({ ...values, ...sizes, transformBias });
  const { batch, time, units } = sizes;
  const [y, s] = await outputs(sizes, values, transformBias);
  expect([y!.shape, s!.shape]).toEqual([
    [batch, time, units],
    [batch, units],
  ]);
  // With saturated gates a state passes depth after depth unchanged, whatever its size.
  const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
  expectAllClose(y!.data, expected, { rtol: 1e-5, atol: 5e-6 * most });
  expectAllClose(s!.data, lastOutputs(expected, sizes), { rtol: 1e-5, atol: 5e-6 * most });
}

async function expectGradients(sizes: RhnSizes, transformBias = 0): Promise<void> {
  const values = rhnValues(sizes);
  const { y, s } = upstreamOf(sizes);
  const dy = withLastState(y, s, sizes);
  const expected = rhnGradientReference({ ...values, ...sizes, transformBias }, dy);
  const found = await gradients(sizes, values, transformBias);
  const inputs = rhnTensors(values, sizes);
  differentiable.forEach((name, k) => {
    expect(found[k]!.shape).toEqual(inputs[name].shape);
    const most = expected[name].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expectAllClose(found[k]!.data, expected[name], { rtol: 1e-4, atol: 1e-6 + 1e-5 * most });
  });
  dispose({ ...inputs });
}

/** Tests of the kernel `RhnSequence`. */
export function rhnSuite(): void {
  test.each(sizesToTry)(
    'agrees with float64 at $batch x $time x $input -> $units, depth $depth',
    async (sizes) => {
      await expectOutputs(sizes);
    },
  );
  test.each([-2, 0.5])('agrees with float64 with transform bias %f', async (transformBias) => {
    await expectOutputs(ordinary, transformBias);
  });
  test('takes no mask for one of ones', async () => {
    const values = rhnValues(ordinary);
    values.mask.fill(1);
    const [y] = await outputs(ordinary, values, 0, false);
    expectAllClose(y!.data, rhnReference({ ...values, ...ordinary }), { rtol: 1e-5, atol: 5e-6 });
  });
  test('saturates without NaN', async () => {
    await expectOutputs({ batch: 2, time: 3, input: 5, units: 6, depth: 2 }, 0, 1000);
  });
}

/** Tests of the kernel `RhnSequenceGrad`, through both outputs. */
export function rhnGradSuite(): void {
  test.each(sizesToTry)(
    'agrees with float64 at $batch x $time x $input -> $units, depth $depth',
    async (sizes) => {
      await expectGradients(sizes);
    },
  );
  test.each([-2, 0.5])('agrees with float64 with transform bias %f', async (transformBias) => {
    await expectGradients(ordinary, transformBias);
  });
  test('is finite where the gates saturate', async () => {
    const found = await gradients(ordinary, rhnValues(ordinary, 1000), 0);
    for (const { data } of found) expect(data.every(Number.isFinite)).toBe(true);
  });
}
