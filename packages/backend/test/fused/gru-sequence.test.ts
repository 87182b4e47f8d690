import {
  memory,
  mul,
  sum,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  train,
  variable,
  zeros,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { BackendError, gruGatePositions, gruSequence } from '@secateur/backend';
import { describeBackend, expectAllClose, gruTensors, gruValues } from '@secateur/testing';
import { describe, expect, test } from 'vitest';

const sizes = { batch: 2, time: 3, input: 4, units: 5 };
const attributes = { gates: 'zrn', resetAfter: true };

describeBackend('gruSequence', () => {
  test('computes by hand what one unit does in one step', () => {
    tidy(() => {
      const inputs = {
        x: tensor3d([2], [1, 1, 1]),
        kernel: tensor2d([0, 0, 0], [1, 3]),
        recurrent: tensor2d([0, 0, 1], [1, 3]),
        bias: tensor1d([0, 0, 0.25]),
        recurrentBias: tensor1d([0, 0, 0.5]),
        h0: tensor2d([3], [1, 1]),
      };
      // Both gates are sigmoid(0) = 1/2.
      const after = gruSequence(inputs, { gates: 'zrn', resetAfter: true });
      expectAllClose(after.h, [1.5 + 0.5 * Math.tanh(0.25 + 0.5 * (3 + 0.5))]);
      const before = gruSequence(inputs, { gates: 'zrn', resetAfter: false });
      expectAllClose(before.h, [1.5 + 0.5 * Math.tanh(0.25 + 0.5 + 0.5 * 3)]);
    });
  });

  test.each([true, false])('goes on where its first half ended, reset after %s', (resetAfter) => {
    const long = { batch: 2, time: 6, input: 3, units: 5 };
    const half = { ...long, time: 3 };
    const values = gruValues(long);
    const rows = (from: number): Float64Array =>
      Float64Array.from(
        [0, 1].flatMap((b) => [...values.x.slice((b * 6 + from) * 3, (b * 6 + from + 3) * 3)]),
      );
    tidy(() => {
      const run = { gates: 'rzn', resetAfter };
      const whole = gruSequence(gruTensors(values, long), run);
      const first = gruSequence(gruTensors({ ...values, x: rows(0) }, half), run);
      const second = gruSequence(
        { ...gruTensors({ ...values, x: rows(3) }, half), h0: first.h },
        run,
      );
      expectAllClose(second.h, whole.h);
    });
  });

  test.each([true, false])('trains without keeping a tensor, reset after %s', (resetAfter) => {
    const inputs = gruTensors(gruValues(sizes), sizes);
    const names = ['kernel', 'recurrent', 'bias', 'recurrentBias'] as const;
    const weights = Object.fromEntries(
      names.map((name) => [name, variable(inputs[name] as Tensor)]),
    ) as Record<(typeof names)[number], Variable>;
    const optimizer = train.sgd(0.1);
    const step = (): number =>
      tidy(() => {
        const loss = (): Scalar => {
          const given = { ...inputs, ...weights } as unknown as typeof inputs;
          const { h } = gruSequence(given, { gates: 'zrn', resetAfter });
          return sum(mul(h, h));
        };
        return optimizer.minimize(loss, true, Object.values(weights))!.dataSync()[0]!;
      });
    const first = step();
    const before = memory().numTensors;
    for (let k = 0; k < 10; k++) step();
    expect(memory().numTensors).toBe(before);
    expect(step()).toBeLessThan(0.5 * first);
    for (const each of [...Object.values(weights), ...Object.values(inputs)]) {
      (each as Tensor).dispose();
    }
    optimizer.dispose();
  });

  test.each([
    ['x', [2, 3], 'expected x to be float32 [?, ?, ?], found float32 [2, 3]'],
    ['x', [2, 0, 4], 'expected at least one sequence and one step, found x [2, 0, 4]'],
    ['kernel', [4, 20], 'expected kernel to be float32 [4, 15], found float32 [4, 20]'],
    ['recurrent', [5, 20], 'expected recurrent to be float32 [5, 15], found float32 [5, 20]'],
    ['bias', [20], 'expected bias to be float32 [15], found float32 [20]'],
    ['recurrentBias', [5], 'expected recurrentBias to be float32 [15], found float32 [5]'],
    ['h0', [3, 5], 'expected h0 to be float32 [2, 5], found float32 [3, 5]'],
  ])('refuses %s %j', (name, shape, message) => {
    tidy(() => {
      const inputs = { ...gruTensors(gruValues(sizes), sizes), [name]: zeros(shape) };
      const run = () => gruSequence(inputs, attributes);
      expect(run).toThrow(BackendError);
      expect(run).toThrow(message);
    });
  });

  test('refuses gates that are no permutation and a resetAfter that is left out', () => {
    tidy(() => {
      const inputs = gruTensors(gruValues(sizes), sizes);
      expect(() => gruSequence(inputs, { gates: 'zrh', resetAfter: true })).toThrow(
        'gruSequence: expected gates to be a permutation of "zrn", found "zrh"; use "zrn" for Keras',
      );
      expect(() => gruSequence(inputs, { gates: 'zrn' } as typeof attributes)).toThrow(
        'gruSequence: expected resetAfter to be true or false, found undefined; use true for Keras 2',
      );
    });
  });
});

describe('gruGatePositions', () => {
  test('finds the block of each gate', () => {
    expect(gruGatePositions('nzr')).toEqual({ n: 0, z: 1, r: 2 });
    expect(() => gruGatePositions('zz')).toThrow(BackendError);
  });
});
