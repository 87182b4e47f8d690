import { backend, engine, memory, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { composedLstmSequence, gatePositions, useBackend } from '@secateur/backend';
import { expectAllClose } from '@secateur/testing';
import { beforeAll, expect, test } from 'vitest';
import { blockForward, fitsBlock } from '../../src/kernels/lstm-block.ts';
import { forward } from '../../src/kernels/lstm-forward.ts';
import type { NativeBackend } from '../../src/native-backend.ts';
import { withOperations } from '../../src/operations.ts';
import { describeNative } from '../native.ts';
import { draw, nativeTensors } from './handles.ts';

const orders = ['ifgo', 'igfo', 'iofg', 'gofi', 'ofig'];

await describeNative('both ways of LstmSequence', () => {
  beforeAll(() => useBackend('node'));

  test('are chosen by the size of the weights', () => {
    expect(fitsBlock(373, 315)).toBe(true);
    expect(fitsBlock(1500, 1500)).toBe(false);
  });

  for (const [way, run] of Object.entries({ forward, blockForward })) {
    for (const [batch, time, input, units] of [
      [1, 1, 1, 1],
      [3, 5, 2, 7],
      [2, 4, 0, 3],
      [1, 6, 3, 2],
      [4, 1, 3, 2],
    ] as const) {
      test(`${way} gives all outputs of the composed form at ${batch} x ${time} x ${input} x ${units}`, () => {
        const before = memory().numTensors;
        let native: number | undefined;
        for (const gates of [...orders, ...orders]) {
          tidy(() => {
            const make = (seed: number, ...shape: number[]): Tensor =>
              // Beyond 3, so that a clip of the state would show.
              tensor(
                draw(
                  shape.reduce((product, length) => product * length, 1),
                  seed,
                ).map((value) => 4 * value),
                shape,
              );
            const inputs = {
              x: make(1, batch, time, input),
              kernel: make(2, input, 4 * units),
              recurrent: make(3, units, 4 * units),
              bias: make(4, 4 * units),
              h0: make(5, batch, units),
              c0: make(6, batch, units),
            };
            const wanted = composedLstmSequence(inputs, { gates, forgetBias: 0.5 });
            const found = withOperations(backend() as unknown as NativeBackend, (ops) =>
              run(ops, inputs, gatePositions(gates), 0.5),
            ).map((info) => engine().makeTensorFromTensorInfo(info));
            found.forEach((output, at) => {
              expect(output.shape).toEqual(wanted[at]!.shape);
              expectAllClose(output, wanted[at]!, { rtol: 1e-4, atol: 1e-5 });
            });
          });
          native ??= nativeTensors();
        }
        expect(memory().numTensors).toBe(before);
        expect(nativeTensors()).toBe(native);
      });
    }
  }
});
