// The kernels that were written by hand for LSTM, GRU and RHN beside the one for every cell. It goes when they do.
import { engine, tensor, tidy, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { inputNames, KERNELS, otherStates, type FusedKernelName } from '@secateur/backend';
import { gruCell, gruResetBeforeCell, lstmCell, rhnCell, type Cell } from '@secateur/kernels';
import { cellValues, expectAllClose, type LstmSizes } from '@secateur/testing';
import { expect, test } from 'vitest';
import { backward, forward, inputsOf, upstreamOf } from '../cell-calls.ts';
import { describeBuilds } from './builds.ts';

const sizes: readonly LstmSizes[] = [
  { batch: 3, time: 4, input: 5, units: 7 },
  { batch: 20, time: 5, input: 33, units: 67 },
  { batch: 2, time: 2, input: 5, units: 300 },
];

interface Old {
  readonly cell: Cell;
  readonly kernels: readonly [FusedKernelName, FusedKernelName];
  readonly attributes: object;
  /** What its outputs are called, and which of those of the new kernel they are. */
  readonly outputs: Readonly<Record<string, number>>;
  /** Whether the outputs have the same bits. */
  readonly same: boolean;
}

const gru = {
  kernels: [KERNELS.gruSequence, KERNELS.gruSequenceGrad],
  outputs: { y: 0, activations: 1 },
} as const;

const cases: readonly Old[] = [
  {
    cell: lstmCell,
    kernels: [KERNELS.lstmSequence, KERNELS.lstmSequenceGrad],
    attributes: { gates: 'oifg', forgetBias: -0.5 },
    outputs: { y: 0, cLast: 3, activations: 1, states: 2 },
    same: true,
  },
  { ...gru, cell: gruCell, attributes: { gates: 'nzr', resetAfter: true }, same: true },
  // Its one bias is added after both products, not to that of the input.
  {
    ...gru,
    cell: gruResetBeforeCell,
    attributes: { gates: 'nzr', resetAfter: false },
    same: false,
  },
  {
    cell: rhnCell,
    kernels: [KERNELS.rhnSequence, KERNELS.rhnSequenceGrad],
    attributes: { transformBias: -0.5 },
    outputs: { y: 0, activations: 1, states: 2 },
    same: true,
  },
];

describeBuilds('RecurrentSequence and the kernels before it', (build) => {
  test.each(
    cases.flatMap((old) => sizes.map((each) => ({ ...old, ...each, name: old.cell.name }))),
  )(
    '$name at $batch x $time x $input -> $units',
    ({ cell, kernels, attributes, outputs, same, batch, time, input, units }) => {
      // The old kernel of the RHN has no other order.
      const made = cellValues(cell, { batch, time, input, units });
      const values = cell === rhnCell ? { ...made, order: 'ht' } : made;
      tidy(() => {
        const given: NamedTensorMap = {};
        const tensors = inputsOf(cell, values);
        inputNames(cell).forEach(([kind, name], k) => {
          given[kind === 'state' ? `${name}0` : name] = tensors[k]!;
        });
        if (cell === gruResetBeforeCell)
          given['recurrentBias'] = tensor(new Float32Array(3 * units));
        const old = run(kernels[0], given, attributes);
        const found = forward(cell, values);
        Object.values(outputs).forEach((place, k) => {
          if (same && build !== 'none')
            expect(found[place]!.dataSync()).toEqual(old[k]!.dataSync());
          else expectAllClose(found[place]!, old[k]!, { rtol: 1e-5, atol: 2e-6 });
        });

        const upstream = upstreamOf(cell, values);
        const named = Object.keys(outputs).map((name, k) => [name, old[k]!] as const);
        const [other] = otherStates(cell);
        const slopes = run(
          kernels[1],
          {
            ...given,
            ...Object.fromEntries(named),
            dy: tensor(Float32Array.from(upstream.y), [batch, time, units]),
            ...(other === undefined
              ? {}
              : { dcLast: tensor(Float32Array.from(upstream.states[other]!), [batch, units]) }),
          },
          attributes,
        );
        // The old order has the gradient of the second bias of a GRU before that of the state.
        const ours = backward(cell, values);
        if (cell === gruResetBeforeCell) ours.splice(4, 0, ours[3]!);
        expect(ours).toHaveLength(slopes.length);
        slopes.forEach((wanted, k) => {
          const most = wanted.dataSync<'float32'>().reduce((a, b) => Math.max(a, Math.abs(b)), 0);
          expectAllClose(ours[k]!, wanted, { rtol: 1e-4, atol: 5e-6 * most });
        });
      });
    },
  );
});

const run = (name: FusedKernelName, inputs: NamedTensorMap, attributes: object): Tensor[] =>
  engine().runKernel(name, inputs, attributes as never) as never;
