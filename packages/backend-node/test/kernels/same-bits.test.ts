// The kernels for any cell beside those that were written for one; to be deleted with them.
import {
  engine,
  tensor,
  tidy,
  zeros,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { KERNELS, otherStates, useBackend } from '@secateur/backend';
import { type Cell, gruCell, gruResetBeforeCell, lstmCell, rhnCell } from '@secateur/kernels';
import { cellTensors, cellValues, expectAllClose, numbers } from '@secateur/testing';
import { beforeAll, expect, test } from 'vitest';
import { describeNative } from '../native.ts';

const kinds: readonly (readonly ['lstm' | 'gru' | 'rhn', Cell])[] = [
  ['lstm', lstmCell],
  ['gru', gruCell],
  ['gru', gruResetBeforeCell],
  ['rhn', rhnCell],
];

const sizes = [
  [1, 1, 1, 1],
  [3, 5, 2, 7],
  [2, 4, 0, 3],
  [1, 6, 3, 17],
  [20, 4, 64, 64],
  // Too large for BlockLSTM.
  [2, 2, 300, 600],
] as const;

await describeNative('old and new kernels', () => {
  beforeAll(() => useBackend('node'));

  for (const [kind, cell] of kinds) {
    test.each(sizes)(`${cell.name} has the same bits at %i x %i x %i -> %i`, (...size) => {
      const [batch, time, input, units] = size;
      tidy(() => {
        const values = cellValues(cell, { batch, time, input, units });
        const { x, weights, states, masks } = cellTensors(cell, values);
        const draw = (shape: number[], seed: number): Tensor =>
          tensor(
            Float32Array.from(
              numbers(
                shape.reduce((a, b) => a * b, 1),
                seed,
              ),
            ),
            shape,
          );
        const { order, settings } = values;
        const given = [x, ...Object.values(weights), ...Object.values(states)];
        const list = [...given, ...Object.values(masks)];
        const first = Object.entries(states).map(([name, state]) => [`${name}0`, state] as const);
        const named: NamedTensorMap = {
          ...{ x, recurrentBias: zeros([3 * units]), ...weights, ...masks },
          ...Object.fromEntries(first),
        };
        const resetAfter = cell === gruCell;
        const told = { gates: order, resetAfter, ...settings };
        const run = (name: string, inputs: unknown, attributes: unknown): Tensor[] =>
          engine().runKernel(
            name,
            inputs as NamedTensorMap,
            attributes as never,
          ) as unknown as Tensor[];
        const own = { cell, order, settings };
        // An RHN has no order of its gates to choose.
        if (kind === 'rhn') own.order = 'ht';
        const now = run(KERNELS.recurrentSequence, list, own);
        const old = run(KERNELS[`${kind}Sequence`], named, told);
        const [y, activations, saved] = now as [Tensor, Tensor, Tensor];
        const wanted = {
          lstm: [y, now[3], activations, saved],
          gru: [y, activations],
          rhn: [y, activations, saved],
        }[kind];
        old.forEach((output, k) => {
          // The old GRU multiplies the inputs in two products, whose columns the library may block in another way.
          if (kind === 'gru') expectAllClose(output, wanted[k]!, { rtol: 0, atol: 1e-6 });
          else expect(output.dataSync()).toEqual(wanted[k]!.dataSync());
        });

        const dstates = otherStates(cell).map((name) => [name, draw([batch, units], 6)] as const);
        const done = { dy: draw([batch, time, units], 5), y, activations, states: saved };
        const oldDone = { ...named, ...done, dcLast: dstates[0]?.[1] } as NamedTensorMap;
        const newDone = {
          ...{ ...Object.fromEntries(list.entries()), ...done },
          ...Object.fromEntries(dstates.map(([name, value]) => [`d ${name}`, value])),
        };
        const gradients = run(KERNELS.recurrentSequenceGrad, newDone, own);
        const before = run(KERNELS[`${kind}SequenceGrad`], oldDone, told);
        // The old GRU has a second bias always.
        if (cell === gruResetBeforeCell) before.splice(4, 1);
        before.forEach((output, k) => expect(output.dataSync()).toEqual(gradients[k]!.dataSync()));
      });
    });
  }
});
