import { add, grads, tensor, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { recurrentSequence } from '@secateur/backend';
import { type Cell, cellGradientReference, cellReference } from '@secateur/kernels';
import {
  cellsToTry,
  cellTensors,
  cellValues,
  expectAllClose,
  numbers as exactNumbers,
  sizeOf,
  type CellValues,
  type LstmSizes,
} from '@secateur/testing';
import { randomCells } from '@secateur/testing/random-cell';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeWebgpu } from '../describe-webgpu.ts';
import { prunedSizes, sizesToTry } from '../lstm-fixture.ts';
import { withLimits } from '../small-limits.ts';
import { bitsOf, made, readAll, soilMemory, weighted } from '../values.ts';

interface Given {
  readonly names: readonly string[];
  readonly tensors: Tensor[];
  readonly run: (tensors: readonly Tensor[]) => ReturnType<typeof recurrentSequence>;
}

/** All inputs but the masks, one after the other, and how the cell runs on such a list. */
function given(cell: Cell, values: CellValues): Given {
  const { x, weights, states, masks } = cellTensors(cell, values);
  const names = ['x', ...Object.keys(weights), ...Object.keys(states)];
  const taken = (tensors: readonly Tensor[], of: object): Record<string, never> =>
    Object.fromEntries(
      Object.keys(of).map((name) => [name, tensors[names.indexOf(name)] as never]),
    );
  return {
    names,
    tensors: [x, ...Object.values(weights), ...Object.values(states)],
    run: (tensors) =>
      recurrentSequence(
        cell,
        {
          ...{ x: tensors[0] as never, weights: taken(tensors, weights) },
          ...{ states: taken(tensors, states), masks },
        },
        { order: values.order, settings: values.settings },
      ),
  };
}

async function soil(cell: Cell, { batch, time, units, depth }: CellValues): Promise<void> {
  const rows = batch * time * depth;
  await soilMemory(
    [1, 2, 3, 4, 5].flatMap((n) => [n * rows * units, n * batch * units, n * units]),
  );
}

async function expectForward(cell: Cell, values: CellValues): Promise<void> {
  await soil(cell, values);
  const expected = cellReference(cell, values);
  const [y, ...states] = await readAll(() => {
    const { tensors, run } = given(cell, values);
    const out = run(tensors);
    return [out.y, ...cell.states.map((name) => out.states[name]!)];
  });
  expectAllClose(y!, expected.y, { rtol: 1e-5, atol: 5e-6 });
  cell.states.forEach((name, k) =>
    expectAllClose(states[k]!, expected.states[name]!, { rtol: 1e-5, atol: 5e-6 }),
  );
}

/** Gradients of a weighted sum of y and of all last states in all inputs. */
function gradients(cell: Cell, values: CellValues): Promise<Float32Array[]> {
  return readAll(() => {
    const { tensors, run } = given(cell, values);
    return grads((...moved: Tensor[]) => {
      const { y, states } = run(moved);
      return cell.states
        .map((name, k) => weighted(states[name]!, 12 + k))
        .reduce((a, b) => add(a, b), weighted(y, 11)) as Scalar;
    })(tensors);
  });
}

async function expectGradients(cell: Cell, values: CellValues): Promise<void> {
  const { batch, time, units } = values;
  const expected = cellGradientReference(cell, values, {
    y: exactNumbers(batch * time * units, 11),
    states: Object.fromEntries(
      cell.states.map((name, k) => [name, exactNumbers(batch * units, 12 + k)]),
    ),
  });
  await soil(cell, values);
  const found = await gradients(cell, values);
  const wanted = { x: expected.x, ...expected.weights, ...expected.states };
  expect(found).toHaveLength(Object.keys(wanted).length);
  Object.values(wanted).forEach((each, k) => {
    const most = each.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expectAllClose(found[k]!, each, { rtol: 1e-4, atol: 1e-6 + 1e-5 * most });
  });
}

describeWebgpu('RecurrentSequence', () => {
  describe.each(cellsToTry)('of $name', ({ cell }) => {
    test.each([...sizesToTry, ...prunedSizes])(
      'agrees with float64 at $batch x $time x $input -> $units',
      async (sizes) => {
        const values = cellValues(cell, sizes);
        await expectForward(cell, values);
        await expectGradients(cell, values);
      },
    );
  });
  test('of random cells', async () => {
    const cells = fc.sample(randomCells, { seed: 1, numRuns: 25 });
    const sizes = { batch: 2, time: 3, input: 2, units: 3 };
    for (const cell of cells) {
      const values = cellValues(cell, sizes);
      try {
        await expectForward(cell, values);
        await expectGradients(cell, values);
      } catch (error) {
        throw new Error(JSON.stringify(cell), { cause: error });
      }
    }
  });
});
void [tensor, sizeOf, withLimits, bitsOf, made] as unknown as LstmSizes;
