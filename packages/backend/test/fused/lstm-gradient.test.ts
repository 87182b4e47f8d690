import {
  add,
  clone,
  grads,
  memory,
  mul,
  sum,
  tensor,
  tidy,
  train,
  variable,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { lstmSequence, type LstmSequenceInputs } from '@secateur/backend';
import {
  describeBackend,
  expectAllClose,
  finiteDifference,
  gateOrders,
  lstmInputNames,
  lstmReference,
  lstmSizes,
  lstmTensors,
  lstmValues,
  numbers,
  type LstmSizes,
  type LstmValues,
} from '@secateur/testing';
import { expect, test } from 'vitest';

/** The loss reads all three outputs with weights of their own; a share of 0 leaves an output out. */
interface Shares {
  readonly y: number;
  readonly h: number;
  readonly c: number;
}

function weightsOf(
  { batch, time, units }: LstmSizes,
  shares: Shares,
): Record<'y' | 'h' | 'c', Float64Array> {
  return {
    y: numbers(batch * time * units, 11, shares.y),
    h: numbers(batch * units, 12, shares.h),
    c: numbers(batch * units, 13, shares.c),
  };
}

function expectGradients(
  sizes: LstmSizes,
  shares: Shares,
  gates: string,
  forgetBias: number,
): void {
  const values = lstmValues(sizes);
  const weights = weightsOf(sizes, shares);
  const dot = (a: Float64Array, b: Float64Array): number =>
    a.reduce((total, value, i) => total + value * b[i]!, 0);
  const exact = (at: LstmValues): number => {
    const { y, h, c } = lstmReference({ ...at, ...sizes, gates, forgetBias });
    return dot(y, weights.y) + dot(h, weights.h) + dot(c, weights.c);
  };
  const loss = (...inputs: Tensor[]): Scalar => {
    const named = Object.fromEntries(lstmInputNames.map((name, k) => [name, inputs[k]]));
    const outputs = lstmSequence(named as unknown as LstmSequenceInputs, { gates, forgetBias });
    const terms = (['y', 'h', 'c'] as const)
      .filter((name) => shares[name] !== 0)
      .map((name) => {
        const output: Tensor = outputs[name];
        return sum(mul(output, tensor(Float32Array.from(weights[name]), output.shape)));
      });
    return terms.reduce((total, term) => add(total, term)) as Scalar;
  };
  tidy(() => {
    const inputs = lstmTensors(values, sizes);
    const found = grads(loss)(lstmInputNames.map((name) => inputs[name]));
    lstmInputNames.forEach((name, k) => {
      const expected = finiteDifference((v) => exact({ ...values, [name]: v }), values[name]);
      expect(found[k]!.shape).toEqual(inputs[name].shape);
      expectAllClose(found[k]!, expected, { rtol: 1e-4, atol: 1e-5 });
    });
  });
}

describeBackend('the gradient of lstmSequence', () => {
  test.each(lstmSizes)(
    'through y, h and c agrees with differences at $batch x $time x $input -> $units',
    (sizes) => {
      expectGradients(sizes, { y: 1, h: 1, c: 1 }, 'ifgo', 0);
    },
  );

  test.each([
    ['y', { y: 1, h: 0, c: 0 }],
    ['h', { y: 0, h: 1, c: 0 }],
    ['c', { y: 0, h: 0, c: 1 }],
  ] as const)('through %s alone agrees with differences', (_, shares) => {
    expectGradients({ batch: 2, time: 3, input: 2, units: 3 }, shares, 'ifgo', 0);
  });

  test('agrees with differences in all gate orders', () => {
    const sizes = { batch: 2, time: 2, input: 2, units: 2 };
    for (const gates of gateOrders) expectGradients(sizes, { y: 1, h: 1, c: 1 }, gates, 1);
  });

  test('is nothing but the chain when sequences are cut in two', () => {
    const sizes = { batch: 2, time: 2, input: 3, units: 4 };
    const values = lstmValues(sizes);
    const long = { ...sizes, time: 4 };
    const twice = Float64Array.from(
      [0, 1].flatMap((b) => {
        const x = [...values.x.slice(b * 6, b * 6 + 6)];
        return [...x, ...x];
      }),
    );
    const attributes = { gates: 'igfo', forgetBias: 0.5 };
    tidy(() => {
      const inputs = lstmTensors(values, sizes);
      const repeated = lstmTensors({ ...values, x: twice }, long);
      const cut = grads((kernel: Tensor, recurrent: Tensor) => {
        const first = lstmSequence(
          { ...inputs, kernel: kernel as Tensor2D, recurrent: recurrent as Tensor2D },
          attributes,
        );
        const second = lstmSequence(
          {
            ...inputs,
            kernel: kernel as Tensor2D,
            recurrent: recurrent as Tensor2D,
            h0: first.h,
            c0: first.c,
          },
          attributes,
        );
        return sum(second.h);
      })([inputs.kernel, inputs.recurrent]);
      const whole = grads((kernel: Tensor, recurrent: Tensor) =>
        sum(
          lstmSequence(
            { ...repeated, kernel: kernel as Tensor2D, recurrent: recurrent as Tensor2D },
            attributes,
          ).h,
        ),
      )([inputs.kernel, inputs.recurrent]);
      expectAllClose(cut[0]!, whole[0]!);
      expectAllClose(cut[1]!, whole[1]!);
    });
  });

  test('adds up when h0 and c0 are one tensor', () => {
    const sizes = { batch: 1, time: 2, input: 2, units: 2 };
    tidy(() => {
      const inputs = lstmTensors(lstmValues(sizes), sizes);
      const attributes = { gates: 'ifgo', forgetBias: 0 };
      const [shared] = grads((s: Tensor) =>
        sum(lstmSequence({ ...inputs, h0: s as Tensor2D, c0: s as Tensor2D }, attributes).y),
      )([inputs.h0]);
      const apart = grads((h0: Tensor, c0: Tensor) =>
        sum(lstmSequence({ ...inputs, h0: h0 as Tensor2D, c0: c0 as Tensor2D }, attributes).y),
      )([inputs.h0, clone(inputs.h0)]);
      expectAllClose(shared!, add(apart[0]!, apart[1]!));
    });
  });

  test('trains through minimize without keeping a tensor', () => {
    const sizes = { batch: 4, time: 6, input: 3, units: 5 };
    const inputs = lstmTensors(lstmValues(sizes), sizes);
    const weights = (['kernel', 'recurrent', 'bias'] as const).map((name) =>
      variable(inputs[name]),
    );
    const [kernel, recurrent, bias] = weights as unknown as [
      LstmSequenceInputs['kernel'],
      LstmSequenceInputs['recurrent'],
      LstmSequenceInputs['bias'],
    ];
    const optimizer = train.sgd(0.1);
    const step = (): number =>
      tidy(() => {
        const cost = optimizer.minimize(
          () => {
            const { h } = lstmSequence(
              { ...inputs, kernel, recurrent, bias },
              { gates: 'ifgo', forgetBias: 0 },
            );
            return sum(mul(h, h)) as Scalar;
          },
          true,
          weights as Parameters<typeof optimizer.minimize>[2],
        )!;
        return cost.dataSync()[0]!;
      });
    const first = step();
    const before = memory().numTensors;
    for (let k = 0; k < 10; k++) step();
    expect(memory().numTensors).toBe(before);
    expect(step()).toBeLessThan(0.5 * first);
    for (const each of [...weights, ...Object.values(inputs)]) (each as Tensor).dispose();
    optimizer.dispose();
  });
});
