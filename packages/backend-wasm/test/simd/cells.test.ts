import { engine, tensor, tidy, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import {
  cellInputs,
  composedRecurrentSequence,
  gradientNames,
  inputNames,
  KERNELS,
  otherStates,
} from '@secateur/backend';
import { cellGradientReference, cellReference, type Cell } from '@secateur/kernels';
import {
  cellsToTry,
  cellTensors,
  cellValues,
  expectAllClose,
  lstmSizes,
  type CellValues,
  type LstmSizes,
} from '@secateur/testing';
import { randomCells } from '@secateur/testing/random-cell';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { describeBuilds, numbers, soilMemory } from './builds.ts';

const large: readonly LstmSizes[] = [
  { batch: 1, time: 7, input: 33, units: 17 },
  { batch: 7, time: 5, input: 9, units: 31 },
  { batch: 20, time: 6, input: 65, units: 66 },
  { batch: 5, time: 3, input: 300, units: 257 },
  // Deeper than one block of a product, forwards and backwards.
  { batch: 2, time: 2, input: 5, units: 777 },
];

/** The inputs of the kernel, numbered. */
function inputsOf(cell: Cell, values: CellValues): NamedTensorMap {
  const { x, weights, states, masks } = cellTensors(cell, values);
  const by = { weight: weights, state: states, mask: masks };
  const tensors = inputNames(cell).map(([kind, name]) => (kind === 'x' ? x : by[kind][name]!));
  return Object.fromEntries(tensors.entries());
}

const attributesOf = (cell: Cell, { order, settings }: CellValues): Record<string, never> =>
  ({ cell, order, settings }) as never;

/** The kernel as the registry has it: `y`, activations, states, then the last of each other state. */
const forward = (cell: Cell, inputs: NamedTensorMap, values: CellValues): Tensor[] =>
  engine().runKernel(KERNELS.recurrentSequence, inputs, attributesOf(cell, values)) as never;

function upstreamOf(cell: Cell, { batch, time, units }: LstmSizes): {
  y: Float32Array;
  states: Record<string, Float32Array>;
} {
  const states = otherStates(cell).map((name, k) => [name, numbers(batch * units, 22 + k)]);
  return { y: numbers(batch * time * units, 21), states: Object.fromEntries(states) };
}

/** The gradients of all inputs but the masks. */
function backward(cell: Cell, values: CellValues): Tensor[] {
  const inputs = inputsOf(cell, values);
  const [y, activations, states] = forward(cell, inputs, values) as [Tensor, Tensor, Tensor];
  const upstream = upstreamOf(cell, values);
  const { batch, units } = values;
  const given = otherStates(cell).map((name) => [
    `d ${name}`,
    tensor(upstream.states[name]!, [batch, units]),
  ]);
  return engine().runKernel(
    KERNELS.recurrentSequenceGrad,
    {
      ...inputs,
      ...{ y, activations, states, dy: tensor(upstream.y, y.shape) },
      ...(Object.fromEntries(given) as NamedTensorMap),
    },
    attributesOf(cell, values),
  ) as never;
}

function expectOutputs(cell: Cell, sizes: LstmSizes, tolerance = { rtol: 1e-5, atol: 5e-6 }): void {
  const values = cellValues(cell, sizes);
  tidy(() => {
    const inputs = inputsOf(cell, values);
    const found = forward(cell, inputs, values);
    const expected = cellReference(cell, values);
    expectAllClose(found[0]!, expected.y, tolerance);
    otherStates(cell).forEach((name, k) => {
      expectAllClose(found[3 + k]!, expected.states[name]!, tolerance);
    });
    const composed = composedRecurrentSequence(inputs, attributesOf(cell, values));
    expect(found).toHaveLength(composed.length);
    composed.forEach((each, k) => {
      expect(found[k]!.shape).toEqual(each.shape);
      expectAllClose(found[k]!, each, tolerance);
    });
  });
}

function expectGradients(cell: Cell, sizes: LstmSizes): void {
  const values = cellValues(cell, sizes);
  const expected = cellGradientReference(cell, values, upstreamOf(cell, sizes));
  tidy(() => {
    const found = backward(cell, values);
    gradientNames(cell).forEach(([kind, name], k) => {
      const wanted =
        kind === 'x' ? expected.x : (kind === 'weight' ? expected.weights : expected.states)[name]!;
      const most = wanted.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      expectAllClose(found[k]!, wanted, { rtol: 1e-4, atol: 1e-6 + 1e-5 * most });
      expect(found[k]!.shape).toEqual(cellInputs(cell, inputsOf(cell, values))[kind === 'x' ? 'x' : 'states'] && found[k]!.shape);
    });
  });
}

describeBuilds('RecurrentSequence', () => {
  beforeEach(soilMemory);

  describe.each(cellsToTry)('$name', ({ cell }) => {
    test.each([...lstmSizes, ...large])(
      'agrees with float64 at $batch x $time x $input -> $units',
      (sizes) => {
        expectOutputs(cell, sizes);
      },
    );
    test.each([...lstmSizes, ...large])(
      'has the gradient of float64 at $batch x $time x $input -> $units',
      (sizes) => {
        expectGradients(cell, sizes);
      },
    );
  });

  test('random cells', () => {
    fc.assert(
      fc.property(randomCells, (cell) => {
        const sizes = { batch: 3, time: 3, input: 4, units: 19 };
        expectOutputs(cell, sizes, { rtol: 1e-4, atol: 1e-4 });
        expectGradients(cell, sizes);
      }),
      { numRuns: 100 },
    );
  });
});
