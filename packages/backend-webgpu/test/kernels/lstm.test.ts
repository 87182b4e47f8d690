import { add, grads, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { KERNELS, lstmSequence, type LstmSequenceInputs } from '@secateur/backend';
import {
  expectAllClose,
  finiteDifference,
  lstmInputNames,
  lstmShapes,
  lstmValues,
  type LstmSizes,
  type LstmValues,
} from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { prunedSizes, reference, sizesToTry, tensorsOf } from '../lstm-fixture.ts';
import { bitsOf, numbers, readAll, runKernel, soilMemory, weighted } from '../values.ts';

const close = { rtol: 1e-5, atol: 2e-6 };

/** Runs the kernel from tensors and compares all outputs with the float64 reference. */
async function expectForward(
  sizes: LstmSizes,
  values: LstmValues,
  gates: string,
  forgetBias: number,
): Promise<void> {
  const { batch, time, units } = sizes;
  await soilMemory([batch * time * units, batch * units, 4 * batch * time * units]);
  const [y, cLast, activations, states] = await readAll(() =>
    runKernel(KERNELS.lstmSequence, tensorsOf(values, sizes), { gates, forgetBias }),
  );
  const wanted = reference(values, sizes, gates, forgetBias);
  expectAllClose(y!, wanted.y, close);
  expectAllClose(cLast!, wanted.c, close);
  // The states of each step, from references that are cut short there; activations from two of them, c = f*c + i*g.
  for (let t = 0; t < time; t++) {
    const cut = { ...sizes, time: t + 1 };
    const x = Float64Array.from({ length: batch * (t + 1) * sizes.input }, (_, k) => {
      const b = Math.floor(k / ((t + 1) * sizes.input));
      return values.x[b * time * sizes.input + (k % ((t + 1) * sizes.input))]!;
    });
    const { c } = reference({ ...values, x }, cut, gates, forgetBias);
    const here = states!.subarray(t * batch * units, (t + 1) * batch * units);
    expectAllClose(here, c, close);
    for (let b = 0; b < batch; b++) {
      for (let j = 0; j < units; j++) {
        const gate = (letter: string): number =>
          activations![((t * batch + b) * 4 + gates.indexOf(letter)) * units + j]!;
        const before =
          t === 0 ? values.c0[b * units + j]! : states![((t - 1) * batch + b) * units + j]!;
        const state = here[b * units + j]!;
        expectAllClose(gate('f') * before + gate('i') * gate('g'), state, close);
        const out = y![(b * time + t) * units + j]!;
        expectAllClose(gate('o') * Math.tanh(state), out, close);
      }
    }
  }
}

/** Compares the gradients of all inputs, through y, h and c, with differences of the float64 reference. */
async function expectGradients(sizes: LstmSizes, gates: string, forgetBias: number): Promise<void> {
  const values = lstmValues(sizes);
  const dot = (a: Float64Array, seed: number): number => {
    const weights = numbers(a.length, seed);
    return a.reduce((total, value, i) => total + value * weights[i]!, 0);
  };
  const exact = (at: LstmValues): number => {
    const { y, h, c } = reference(at, sizes, gates, forgetBias);
    return dot(y, 11) + dot(h, 12) + dot(c, 13);
  };
  const found = await readAll(() => {
    const inputs = tensorsOf(values, sizes);
    return grads((...given: Tensor[]) => {
      const named = Object.fromEntries(lstmInputNames.map((name, k) => [name, given[k]]));
      const { y, h, c } = lstmSequence(named as unknown as LstmSequenceInputs, {
        gates,
        forgetBias,
      });
      return add(weighted(y, 11), add(weighted(h, 12), weighted(c, 13))) as Scalar;
    })(lstmInputNames.map((name) => inputs[name]));
  });
  lstmInputNames.forEach((name, k) => {
    const expected = finiteDifference((v) => exact({ ...values, [name]: v }), values[name]);
    expectAllClose(found[k]!, expected, { rtol: 1e-4, atol: 2e-5 });
  });
}

describeWebgpu('LstmSequence', () => {
  test.each(sizesToTry)(
    'has the reference values at $batch x $time x $input -> $units',
    async (sizes) => {
      await expectForward(sizes, lstmValues(sizes), 'ifgo', 0);
    },
  );

  test('reads every order of the gates, and adds the forget bias', async () => {
    const sizes = { batch: 2, time: 3, input: 4, units: 5 };
    for (const gates of ['ifgo', 'igfo', 'iofg', 'ogfi', 'gofi']) {
      await expectForward(sizes, lstmValues(sizes), gates, 1.5);
    }
  });

  test('stays finite and right where the gates saturate', async () => {
    const sizes = { batch: 2, time: 2, input: 2, units: 2 };
    const values = lstmValues(sizes);
    await expectForward(
      sizes,
      { ...values, x: values.x.map((x) => 1000 * x), c0: values.c0.map((c) => 500 * c) },
      'ifgo',
      0,
    );
  });

  test('keeps NaN where it is', async () => {
    const sizes = { batch: 2, time: 3, input: 2, units: 3 };
    const values = lstmValues(sizes);
    values.x[2] = NaN; // sequence 0, step 1
    const [y] = await readAll(() =>
      runKernel(KERNELS.lstmSequence, tensorsOf(values, sizes), { gates: 'ifgo', forgetBias: 0 }),
    );
    expect([...y!].map(Number.isNaN)).toEqual(
      Array.from({ length: 18 }, (_, k) => k >= 3 && k < 9),
    );
  });

  test.each(prunedSizes)(
    'leaves what is empty empty at $batch x $time x $input -> $units',
    async (sizes) => {
      await expectForward(sizes, lstmValues(sizes), 'ifgo', 1);
    },
  );

  describe('the gradient', () => {
    test('has the same bits every time', async () => {
      const sizes = { batch: 5, time: 3, input: 7, units: 33 };
      const run = (): Promise<Float32Array[]> =>
        readAll(() => {
          const inputs = tensorsOf(lstmValues(sizes), sizes);
          return grads((...given: Tensor[]) => {
            const named = Object.fromEntries(lstmInputNames.map((name, k) => [name, given[k]]));
            const { y } = lstmSequence(named as unknown as LstmSequenceInputs, {
              gates: 'ifgo',
              forgetBias: 0,
            });
            return weighted(y, 11) as Scalar;
          })(lstmInputNames.map((name) => inputs[name]));
        });
      const first = (await run()).map(bitsOf);
      for (let k = 0; k < 3; k++) expect((await run()).map(bitsOf)).toEqual(first);
    });

    test.each([...sizesToTry.filter(({ units }) => units < 32), ...prunedSizes])(
      'agrees with differences at $batch x $time x $input -> $units',
      async (sizes) => {
        await soilMemory(
          Object.values(lstmShapes(sizes)).map((shape) => shape.reduce((a, b) => a * b)),
        );
        await expectGradients(sizes, 'ifgo', 0);
      },
    );

    test('agrees with differences where units and rows do not fill a workgroup', async () => {
      await expectGradients({ batch: 5, time: 2, input: 2, units: 33 }, 'igfo', 0.5);
    });

    test('agrees with differences in other orders of the gates', async () => {
      for (const gates of ['igfo', 'iofg', 'ogfi']) {
        await expectGradients({ batch: 2, time: 2, input: 2, units: 2 }, gates, 1);
      }
    });
  });
});
