import { add, dispose, grads, mul, sum, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { recurrentSequence, type RecurrentSequenceOutputs } from '@secateur/backend';
import { type Cell, cellGradientReference, cellReference } from '@secateur/kernels';
import {
  cellsToTry,
  cellTensors,
  cellValues,
  coupledCell,
  expectAllClose,
  numbers,
  type CellValues,
  type LstmSizes,
} from '@secateur/testing/numeric';
import { expect, test } from 'vitest';
import { read, type Values } from '../read.ts';
import { sequenceSizes } from './sequences.ts';

const ordinary: LstmSizes = { batch: 3, time: 3, input: 5, units: 7 };

/** All inputs but the masks, one after the other, and what they are. */
function inputsOf(cell: Cell, values: CellValues): { names: string[]; tensors: Tensor[] } {
  const { x, weights, states, masks } = cellTensors(cell, values);
  dispose({ ...masks });
  return {
    names: ['x', ...Object.keys(weights), ...Object.keys(states)],
    tensors: [x, ...Object.values(weights), ...Object.values(states)],
  };
}

/** Runs a cell on inputs in the order of {@link inputsOf}. */
function run(cell: Cell, values: CellValues, tensors: readonly Tensor[]): RecurrentSequenceOutputs {
  const { x, weights, states, masks } = cellTensors(cell, values);
  dispose([x, ...Object.values(weights), ...Object.values(states)]);
  let next = 1;
  const taken = (names: object): Record<string, never> =>
    Object.fromEntries(Object.keys(names).map((name) => [name, tensors[next++] as never]));
  const given = { x: tensors[0] as never, weights: taken(weights), states: taken(states), masks };
  return recurrentSequence(cell, given, { order: values.order, settings: values.settings });
}

/** Gradients in the outputs and in each last state. */
const upstreamOf = (
  cell: Cell,
  { batch, time, units }: LstmSizes,
): { y: Float64Array; states: Record<string, Float64Array> } => ({
  y: numbers(batch * time * units, 11),
  states: Object.fromEntries(cell.states.map((name, k) => [name, numbers(batch * units, 12 + k)])),
});

async function expectOutputs(cell: Cell, sizes: LstmSizes): Promise<void> {
  const values = cellValues(cell, sizes);
  const expected = cellReference(cell, values);
  const [y, ...states] = await read(() => {
    const { tensors } = inputsOf(cell, values);
    const out = run(cell, values, tensors);
    return [out.y, ...cell.states.map((name) => out.states[name]!)];
  });
  const { batch, time, units } = sizes;
  expect(y!.shape).toEqual([batch, time, units]);
  expectAllClose(y!.data, expected.y, { rtol: 1e-5, atol: 5e-6 });
  cell.states.forEach((name, k) => {
    expect(states[k]!.shape).toEqual([batch, units]);
    expectAllClose(states[k]!.data, expected.states[name]!, { rtol: 1e-5, atol: 5e-6 });
  });
}

/** The gradient of a weighted sum of all outputs in every input. */
async function gradients(cell: Cell, values: CellValues): Promise<Values[]> {
  const upstream = upstreamOf(cell, values);
  const { batch, time, units } = values;
  return read(() => {
    const { tensors } = inputsOf(cell, values);
    // Without units there is no output to add up; the gradients are zeros all the same.
    if (units === 0) {
      return grads((...given) => run(cell, values, given).y)(tensors, zeros([batch, time, 0]));
    }
    const weighed = (output: Tensor, slope: Float64Array): Tensor =>
      sum(mul(output, tensor(Float32Array.from(slope), output.shape)));
    return grads((...given) => {
      const { y, states } = run(cell, values, given);
      return cell.states.reduce(
        (total, name) => add(total, weighed(states[name]!, upstream.states[name]!)),
        weighed(y, upstream.y),
      );
    })(tensors);
  });
}

async function expectGradients(cell: Cell, sizes: LstmSizes): Promise<void> {
  const values = cellValues(cell, sizes);
  const expected = cellGradientReference(cell, values, upstreamOf(cell, sizes));
  const found = await gradients(cell, values);
  const wanted = [
    expected.x,
    ...Object.values(expected.weights),
    ...Object.values(expected.states),
  ];
  const { names, tensors } = inputsOf(cell, values);
  expect(found).toHaveLength(wanted.length);
  names.forEach((name, k) => {
    expect(found[k]!.shape, name).toEqual(tensors[k]!.shape);
    const most = wanted[k]!.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expectAllClose(found[k]!.data, wanted[k]!, { rtol: 1e-4, atol: 1e-6 + 1e-5 * most });
  });
  dispose(tensors);
}

/** Tests of the kernel `RecurrentSequence`. */
export function recurrentSuite(): void {
  test.each(cellsToTry)('agrees with float64 as $name', async ({ cell }) => {
    await expectOutputs(cell, ordinary);
  });
  test.each(sequenceSizes)(
    'agrees with float64 at $batch x $time x $input -> $units',
    async (sizes) => {
      await expectOutputs(coupledCell, sizes);
    },
  );
}

/** Tests of the kernel `RecurrentSequenceGrad`, through all outputs. */
export function recurrentGradSuite(): void {
  test.each(cellsToTry)('agrees with float64 as $name', async ({ cell }) => {
    await expectGradients(cell, ordinary);
  });
  test.each(sequenceSizes)(
    'agrees with float64 at $batch x $time x $input -> $units',
    async (sizes) => {
      await expectGradients(coupledCell, sizes);
    },
  );
}
