import {
  add,
  memory,
  sum,
  tensor,
  tidy,
  variable,
  variableGrads,
  type Scalar,
} from '@tensorflow/tfjs-core';
import { lstmSequence, useBackend } from '@secateur/backend';
import { expectAllClose, finiteDifference, lstmReference } from '@secateur/testing';
import { beforeAll, expect, test } from 'vitest';
import { describeNative } from '../native.ts';
import { draw, nativeTensors } from './handles.ts';

type Size = readonly [batch: number, time: number, input: number, units: number];

const sizes: readonly Size[] = [
  [1, 1, 1, 1],
  [1, 5, 3, 2],
  [3, 1, 2, 5],
  [3, 4, 0, 3],
  [2, 3, 5, 17],
  [2, 100, 1, 1],
];

const names = ['x', 'kernel', 'recurrent', 'bias', 'h0', 'c0'] as const;

function shapesOf([batch, time, input, units]: Size): Record<(typeof names)[number], number[]> {
  return {
    x: [batch, time, input],
    kernel: [input, 4 * units],
    recurrent: [units, 4 * units],
    bias: [4 * units],
    h0: [batch, units],
    c0: [batch, units],
  };
}

await describeNative('LSTM sequences', () => {
  beforeAll(() => useBackend('node'));

  for (const size of sizes) {
    test(`and all their gradients agree with float64 at ${size.join(' x ')} and leave nothing behind`, () => {
      const shapes = shapesOf(size);
      const values = Object.fromEntries(
        names.map((name, seed) => [
          name,
          draw(
            shapes[name].reduce((product, length) => product * length, 1),
            seed + 1,
          ),
        ]),
      ) as Record<(typeof names)[number], Float32Array>;
      const [batch, time, input, units] = size;
      const attributes = { gates: 'gofi', forgetBias: 0.5 };
      const total = (part: Partial<Record<string, ArrayLike<number>>>): number => {
        const { y, c } = lstmReference({
          ...{ ...values, ...part, batch, time, input, units },
          ...attributes,
        });
        return y.reduce((a, b) => a + b, 0) + c.reduce((a, b) => a + b, 0);
      };

      const before = memory().numTensors;
      let native: number | undefined;
      for (let pass = 0; pass < 2; pass++) {
        tidy(() => {
          const inputs = Object.fromEntries(
            names.map((name) => [name, variable(tensor(values[name], shapes[name]))]),
          );
          const { value, grads } = variableGrads(() => {
            const { y, c } = lstmSequence(inputs as never, attributes);
            return add(sum(y), sum(c)) as Scalar;
          });
          expectAllClose(value, total({}), { rtol: 1e-5, atol: 1e-5 });
          for (const name of names) {
            const wanted = finiteDifference(
              (moved) => total({ [name]: moved }),
              Float64Array.from(values[name]),
            );
            const found = grads[inputs[name]!.name]!;
            expectAllClose(found, wanted, { rtol: 1e-3, atol: 1e-4 });
          }
          for (const each of Object.values(inputs)) each.dispose();
        });
        native ??= nativeTensors();
      }
      expect(memory().numTensors).toBe(before);
      expect(nativeTensors()).toBe(native);
    });
  }
});
