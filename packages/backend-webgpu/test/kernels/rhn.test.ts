import { add, grads, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { KERNELS, rhnSequence, type RhnSequenceInputs } from '@secateur/backend';
import {
  expectAllClose,
  finiteDifference,
  rhnInputNames,
  rhnReference,
  rhnGradientReference,
  rhnShapes,
  rhnSizes,
  rhnTensors,
  rhnValues,
  sizeOf,
  type RhnSizes,
  type RhnValues,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { withLimits } from '../small-limits.ts';
import { bitsOf, numbers, readAll, runKernel, soilMemory, weighted } from '../values.ts';

const close = { rtol: 1e-5, atol: 2e-6 };

/** Round the 32 units and four rows of a workgroup, beside sizes of one and what pruning leaves. */
const sizesToTry: readonly RhnSizes[] = [
  ...rhnSizes,
  { batch: 5, time: 2, input: 9, units: 33, depth: 2 },
  { batch: 4, time: 2, input: 7, units: 32, depth: 1 },
];

const differentiable = rhnInputNames.filter((name) => name !== 'mask');

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** One depth of one step in float64: from the state before it, row `b` of `[batch, units]`. */
function levelOf(
  values: RhnValues,
  { time, input, units, depth }: RhnSizes,
  { b, t, level }: { b: number; t: number; level: number },
  before: ArrayLike<number>,
  transformBias: number,
): { gates: number[]; state: number[] } {
  const first = level * 2 * units;
  const gates = Array.from({ length: 2 * units }, (_, k) => {
    let z = values.bias[first + k]! + (k < units ? 0 : transformBias);
    for (let j = 0; j < units; j++) {
      const read = before[j]! * values.mask[b * units + j]!;
      z += read * values.recurrent[j * depth * 2 * units + first + k]!;
    }
    for (let i = 0; level === 0 && i < input; i++) {
      z += values.x[(b * time + t) * input + i]! * values.kernel[i * 2 * units + k]!;
    }
    return k < units ? Math.tanh(z) : sigmoid(z);
  });
  const state = gates
    .slice(0, units)
    .map((h, j) => (h - before[j]!) * gates[units + j]! + before[j]!);
  return { gates, state };
}

/** Runs the kernel from tensors and compares the outputs with float64, those between depths each from the one before. */
async function expectForward(
  sizes: RhnSizes,
  values: RhnValues,
  transformBias: number,
): Promise<void> {
  const { batch, time, units, depth } = sizes;
  await soilMemory([1, depth, 2 * depth].map((times) => times * batch * time * units));
  const [y, activations, states] = await readAll(() =>
    runKernel(KERNELS.rhnSequence, { ...rhnTensors(values, sizes) }, { transformBias }),
  );
  expectAllClose(y!, rhnReference({ ...values, ...sizes, transformBias }), close);
  for (let b = 0; b < batch; b++) {
    let before: ArrayLike<number> = values.s0.subarray(b * units, (b + 1) * units);
    for (let at = 0; at < time * depth; at++) {
      const [t, level] = [Math.floor(at / depth), at % depth];
      const place = (t * batch + b) * depth + level;
      const wanted = levelOf(values, sizes, { b, t, level }, before, transformBias);
      const gates = activations!.subarray(place * 2 * units, (place + 1) * 2 * units);
      expectAllClose(gates, wanted.gates, close);
      before = states!.subarray(place * units, (place + 1) * units);
      expectAllClose(before, wanted.state, close);
    }
    // What the last depth of the last step wrote is the last output.
    expect([...y!.subarray(((b + 1) * time - 1) * units, (b + 1) * time * units)]).toEqual([
      ...(before as Float32Array),
    ]);
  }
}

/** Gradients of a weighted sum of y and s in all inputs but the mask. */
function gradients(
  sizes: RhnSizes,
  values: RhnValues,
  transformBias: number,
): Promise<Float32Array[]> {
  return readAll(() => {
    const inputs = rhnTensors(values, sizes);
    return grads((...given: Tensor[]) => {
      const named = Object.fromEntries(differentiable.map((name, k) => [name, given[k]]));
      const all = { ...named, mask: inputs.mask } as unknown as RhnSequenceInputs;
      const { y, s } = rhnSequence(all, { transformBias });
      return add(weighted(y, 11), weighted(s, 12)) as Scalar;
    })(differentiable.map((name) => inputs[name]));
  });
}

/** Compares the gradients of all inputs but the mask with differences of the float64 reference. */
async function expectGradients(sizes: RhnSizes, transformBias: number): Promise<void> {
  const { batch, time, units } = sizes;
  const values = rhnValues(sizes);
  const [ofY, ofS] = [numbers(batch * time * units, 11), numbers(batch * units, 12)];
  const exact = (at: RhnValues): number =>
    rhnReference({ ...at, ...sizes, transformBias }).reduce((total, value, k) => {
      const [b, t] = [Math.floor(k / units / time), Math.floor(k / units) % time];
      const last = t === time - 1 ? ofS[b * units + (k % units)]! : 0;
      return total + value * (ofY[k]! + last);
    }, 0);
  await soilMemory(Object.values(rhnShapes(sizes)).map(sizeOf));
  const found = await gradients(sizes, values, transformBias);
  differentiable.forEach((name, k) => {
    const expected = finiteDifference((v) => exact({ ...values, [name]: v }), values[name]);
    expectAllClose(found[k]!, expected, { rtol: 1e-4, atol: 2e-5 });
  });
}

describeWebgpu('RhnSequence', () => {
  test.each(sizesToTry)(
    'has the reference values at $batch x $time x $input -> $units, depth $depth',
    async (sizes) => {
      await expectForward(sizes, rhnValues(sizes), 0);
    },
  );

  test('adds the transform bias to the transform gates', async () => {
    const sizes = { batch: 2, time: 3, input: 4, units: 5, depth: 3 };
    await expectForward(sizes, rhnValues(sizes), -2);
  });

  test('stays finite and right where the gates saturate', async () => {
    const sizes = { batch: 2, time: 2, input: 2, units: 2, depth: 2 };
    const values = rhnValues(sizes);
    await expectForward(sizes, { ...values, x: values.x.map((x) => 1000 * x) }, 0);
  });

  test('keeps NaN where it is', async () => {
    const sizes = { batch: 2, time: 3, input: 2, units: 3, depth: 2 };
    const values = rhnValues(sizes);
    values.mask.fill(1);
    values.x[2] = NaN; // sequence 0, step 1
    const [y] = await readAll(() =>
      runKernel(KERNELS.rhnSequence, { ...rhnTensors(values, sizes) }, { transformBias: 0 }),
    );
    expect([...y!].map(Number.isNaN)).toEqual(
      Array.from({ length: 18 }, (_, k) => k >= 3 && k < 9),
    );
  });

  test('takes more workgroups than fit one dimension', async () => {
    const sizes = { batch: 37, time: 2, input: 3, units: 65, depth: 2 };
    await withLimits({ maxComputeWorkgroupsPerDimension: 20 }, () =>
      expectForward(sizes, rhnValues(sizes), 0),
    );
  });

  describe('the gradient', () => {
    test('has the same bits every time', async () => {
      const sizes = { batch: 5, time: 3, input: 7, units: 33, depth: 3 };
      const run = (): Promise<Float32Array[]> => gradients(sizes, rhnValues(sizes), 0);
      const first = (await run()).map(bitsOf);
      for (let k = 0; k < 3; k++) expect((await run()).map(bitsOf)).toEqual(first);
    });

    // So many rows that stock products would add their parts in any order.
    test.each([1, 2])(
      'is right, and has the same bits every time, over a long inner dimension at depth %i',
      async (depth) => {
        const sizes = { batch: 2100, time: 1, input: 2, units: 12, depth };
        const values = rhnValues(sizes);
        const ofLast = numbers(2100 * 12, 12);
        const dy = numbers(2100 * 12, 11).map((value, k) => value + ofLast[k]!);
        const wanted = rhnGradientReference({ ...values, ...sizes, transformBias: 0 }, dy);
        const run = (): Promise<Float32Array[]> => gradients(sizes, values, 0);
        const first = await run();
        differentiable.forEach((name, k) => {
          const most = wanted[name].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
          expectAllClose(first[k]!, wanted[name], { rtol: 1e-4, atol: 1e-5 * most });
        });
        for (let k = 0; k < 2; k++) expect((await run()).map(bitsOf)).toEqual(first.map(bitsOf));
      },
    );

    test.each(sizesToTry.filter(({ units }) => units < 32))(
      'agrees with differences at $batch x $time x $input -> $units, depth $depth',
      async (sizes) => {
        await expectGradients(sizes, 0);
      },
    );

    test('agrees with differences where units and rows do not fill a workgroup', async () => {
      await expectGradients({ batch: 5, time: 2, input: 2, units: 33, depth: 2 }, 0.5);
    });

    // More rows than one lane adds up for the gradient of the biases.
    test('agrees with differences over 66 rows', async () => {
      await expectGradients({ batch: 11, time: 6, input: 2, units: 2, depth: 2 }, 0);
    });
  });
});
