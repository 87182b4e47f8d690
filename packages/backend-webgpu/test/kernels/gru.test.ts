import { add, grads, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import {
  gruSequence,
  KERNELS,
  type GruSequenceAttributes,
  type GruSequenceInputs,
} from '@secateur/backend';
import {
  expectAllClose,
  finiteDifference,
  gruAttributes,
  gruInputNames,
  gruReference,
  gruGradientReference,
  gruShapes,
  gruTensors,
  gruValues,
  sizeOf,
  type GruValues,
  type LstmSizes,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { prunedSizes, sizesToTry } from '../lstm-fixture.ts';
import { withLimits } from '../small-limits.ts';
import { bitsOf, numbers, readAll, runKernel, soilMemory, weighted } from '../values.ts';

const close = { rtol: 1e-5, atol: 2e-6 };

const both = [true, false].map((resetAfter) => ({ gates: 'zrn', resetAfter }));

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** One step in float64 as `activations` keep it and its output, from the output before it, row `b` of `[batch, units]`. */
function stepOf(
  values: GruValues,
  { time, input, units }: LstmSizes,
  [b, t]: readonly [number, number],
  before: ArrayLike<number>,
  { gates, resetAfter }: GruSequenceAttributes,
): { activations: number[]; output: number[] } {
  const each = Array.from({ length: units }, (_, j) => j);
  const dot = (row: (k: number) => number, matrix: Float64Array, rows: number, column: number) => {
    let sum = 0;
    for (let k = 0; k < rows; k++) sum += row(k) * matrix[k * 3 * units + column]!;
    return sum;
  };
  const parts = (gate: string, read: (k: number) => number): (readonly [number, number])[] =>
    each.map((j) => {
      const column = gates.indexOf(gate) * units + j;
      const x = (k: number): number => values.x[(b * time + t) * input + k]!;
      return [
        dot(x, values.kernel, input, column) + values.bias[column]!,
        dot(read, values.recurrent, units, column) + values.recurrentBias[column]!,
      ];
    });
  const all = (k: number): number => before[k]!;
  const z = parts('z', all).map(([i, o]) => sigmoid(i + o));
  const r = parts('r', all).map(([i, o]) => sigmoid(i + o));
  const kept = each.map((k) => r[k]! * before[k]!);
  const candidates = parts('n', resetAfter ? all : (k) => kept[k]!);
  const n = candidates.map(([i, o], j) => Math.tanh(i + (resetAfter ? r[j]! : 1) * o));
  const blocks: Record<string, number[]> = { z, r, n };
  return {
    activations: [
      ...[...gates].flatMap((gate) => blocks[gate]!),
      ...(resetAfter ? candidates.map(([, o]) => o) : kept),
    ],
    output: each.map((j) => z[j]! * before[j]! + (1 - z[j]!) * n[j]!),
  };
}

/** Runs the kernel from tensors and compares the outputs with float64, those of each step from the one before. */
async function expectForward(
  sizes: LstmSizes,
  values: GruValues,
  attributes: GruSequenceAttributes,
): Promise<void> {
  const { batch, time, units } = sizes;
  await soilMemory([batch * time * units, 4 * batch * time * units]);
  const [y, activations] = await readAll(() =>
    runKernel(KERNELS.gruSequence, { ...gruTensors(values, sizes) }, { ...attributes }),
  );
  expectAllClose(y!, gruReference({ ...values, ...sizes, ...attributes }), close);
  for (let b = 0; b < batch; b++) {
    let before: ArrayLike<number> = values.h0.subarray(b * units, (b + 1) * units);
    for (let t = 0; t < time; t++) {
      const wanted = stepOf(values, sizes, [b, t], before, attributes);
      const first = (t * batch + b) * 4 * units;
      expectAllClose(activations!.subarray(first, first + 4 * units), wanted.activations, close);
      before = y!.subarray((b * time + t) * units, (b * time + t + 1) * units);
      expectAllClose(before, wanted.output, close);
    }
  }
}

/** Gradients of a weighted sum of y and h in all inputs. */
function gradients(
  sizes: LstmSizes,
  values: GruValues,
  attributes: GruSequenceAttributes,
): Promise<Float32Array[]> {
  return readAll(() => {
    const inputs = gruTensors(values, sizes);
    return grads((...given: Tensor[]) => {
      const named = Object.fromEntries(gruInputNames.map((name, k) => [name, given[k]]));
      const { y, h } = gruSequence(named as unknown as GruSequenceInputs, attributes);
      return add(weighted(y, 11), weighted(h, 12)) as Scalar;
    })(gruInputNames.map((name) => inputs[name]));
  });
}

/** Compares the gradients of all inputs with differences of the float64 reference. */
async function expectGradients(sizes: LstmSizes, attributes: GruSequenceAttributes): Promise<void> {
  const { batch, time, units } = sizes;
  const values = gruValues(sizes);
  const [ofY, ofH] = [numbers(batch * time * units, 11), numbers(batch * units, 12)];
  const exact = (at: GruValues): number =>
    gruReference({ ...at, ...sizes, ...attributes }).reduce((total, value, k) => {
      const [b, t] = [Math.floor(k / units / time), Math.floor(k / units) % time];
      const last = t === time - 1 ? ofH[b * units + (k % units)]! : 0;
      return total + value * (ofY[k]! + last);
    }, 0);
  await soilMemory(Object.values(gruShapes(sizes)).map(sizeOf));
  const found = await gradients(sizes, values, attributes);
  gruInputNames.forEach((name, k) => {
    const expected = finiteDifference((v) => exact({ ...values, [name]: v }), values[name]);
    expectAllClose(found[k]!, expected, { rtol: 1e-4, atol: 2e-5 });
  });
}

describeWebgpu('GruSequence', () => {
  describe.each(both)('with resetAfter $resetAfter', (attributes) => {
    test.each([...sizesToTry, ...prunedSizes])(
      'has the reference values at $batch x $time x $input -> $units',
      async (sizes) => {
        await expectForward(sizes, gruValues(sizes), attributes);
      },
    );

    test('stays finite and right where the gates saturate', async () => {
      const sizes = { batch: 2, time: 2, input: 2, units: 2 };
      const values = gruValues(sizes);
      await expectForward(sizes, { ...values, x: values.x.map((x) => 1000 * x) }, attributes);
    });

    test('keeps NaN where it is', async () => {
      const sizes = { batch: 2, time: 3, input: 2, units: 3 };
      const values = gruValues(sizes);
      values.x[2] = NaN; // sequence 0, step 1
      const [y] = await readAll(() =>
        runKernel(KERNELS.gruSequence, { ...gruTensors(values, sizes) }, attributes),
      );
      expect([...y!].map(Number.isNaN)).toEqual(
        Array.from({ length: 18 }, (_, k) => k >= 3 && k < 9),
      );
    });

    test('takes more workgroups than fit one dimension', async () => {
      const sizes = { batch: 37, time: 2, input: 3, units: 65 };
      await withLimits({ maxComputeWorkgroupsPerDimension: 20 }, () =>
        expectForward(sizes, gruValues(sizes), attributes),
      );
    });
  });

  test.each(gruAttributes)(
    'reads the order $gates, with resetAfter $resetAfter',
    async (attributes) => {
      const sizes = { batch: 2, time: 3, input: 4, units: 5 };
      await expectForward(sizes, gruValues(sizes), attributes);
    },
  );

  describe.each(both)('the gradient with resetAfter $resetAfter', (attributes) => {
    test('has the same bits every time', async () => {
      const sizes = { batch: 5, time: 3, input: 7, units: 33 };
      const run = (): Promise<Float32Array[]> => gradients(sizes, gruValues(sizes), attributes);
      const first = (await run()).map(bitsOf);
      for (let k = 0; k < 3; k++) expect((await run()).map(bitsOf)).toEqual(first);
    });

    // So many rows that stock products would add their parts in any order.
    test('is right, and has the same bits every time, over a long inner dimension', async () => {
      const sizes = { batch: 2100, time: 1, input: 2, units: 12 };
      const values = gruValues(sizes);
      const ofLast = numbers(2100 * 12, 12);
      const dy = numbers(2100 * 12, 11).map((value, k) => value + ofLast[k]!);
      const wanted = gruGradientReference({ ...values, ...sizes, ...attributes }, dy);
      const run = (): Promise<Float32Array[]> => gradients(sizes, values, attributes);
      const first = await run();
      gruInputNames.forEach((name, k) => {
        const most = wanted[name].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
        expectAllClose(first[k]!, wanted[name], { rtol: 1e-4, atol: 1e-5 * most });
      });
      for (let k = 0; k < 2; k++) expect((await run()).map(bitsOf)).toEqual(first.map(bitsOf));
    });

    test.each([...sizesToTry.filter(({ units }) => units < 32), ...prunedSizes])(
      'agrees with differences at $batch x $time x $input -> $units',
      async (sizes) => {
        await expectGradients(sizes, attributes);
      },
    );

    test('agrees with differences where units and rows do not fill a workgroup', async () => {
      await expectGradients({ batch: 5, time: 2, input: 2, units: 33 }, attributes);
    });
  });

  test.each(gruAttributes)(
    'the gradient agrees with differences in order $gates, with resetAfter $resetAfter',
    async (attributes) => {
      await expectGradients({ batch: 2, time: 2, input: 2, units: 2 }, attributes);
    },
  );
});
