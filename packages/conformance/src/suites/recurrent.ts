import { add, dispose, grads, mul, sum, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import {
  type Cell,
  cellGradientReference,
  cellReference,
  gruCell,
  gruResetBeforeCell,
  lstmCell,
  rhnCell,
} from '@secateur/kernels';
import {
  cellsToTry,
  cellValues,
  coupledCell,
  expectAllClose,
  listedCell,
  numbers,
  type CellValues,
  type Closeness,
  type LstmSizes,
} from '@secateur/testing/numeric';
import { expect, test } from 'vitest';
import { read, type Values } from '../read.ts';
import { sequenceSizes } from './sequences.ts';

const ordinary: LstmSizes = { batch: 3, time: 3, input: 5, units: 7 };

/** Gradients in the outputs and in each last state. */
const upstreamOf = (
  cell: Cell,
  { batch, time, units }: LstmSizes,
): { y: Float64Array; states: Record<string, Float64Array> } => ({
  y: numbers(batch * time * units, 11),
  states: Object.fromEntries(cell.states.map((name, k) => [name, numbers(batch * units, 12 + k)])),
});

async function expectOutputs(
  cell: Cell,
  values: CellValues,
  close: Closeness = { rtol: 1e-5, atol: 5e-6 },
): Promise<void> {
  const expected = cellReference(cell, values);
  const [y, ...states] = await read(() => {
    const { tensors, run } = listedCell(cell, values);
    const out = run(tensors);
    return [out.y, ...cell.states.map((name) => out.states[name]!)];
  });
  const { batch, time, units } = values;
  expect(y!.shape).toEqual([batch, time, units]);
  expectAllClose(y!.data, expected.y, close);
  cell.states.forEach((name, k) => {
    expect(states[k]!.shape).toEqual([batch, units]);
    expectAllClose(states[k]!.data, expected.states[name]!, close);
  });
}

/** The gradient of a weighted sum of all outputs in every input. */
async function gradients(cell: Cell, values: CellValues): Promise<Values[]> {
  const upstream = upstreamOf(cell, values);
  const { batch, time, units } = values;
  return read(() => {
    const { tensors, run } = listedCell(cell, values);
    // Without units there is no output to add up; the gradients are zeros all the same.
    if (units === 0) {
      return grads((...given) => run(given).y)([...tensors], zeros([batch, time, 0]));
    }
    const weighed = (output: Tensor, slope: Float64Array): Tensor =>
      sum(mul(output, tensor(Float32Array.from(slope), output.shape)));
    return grads((...given) => {
      const { y, states } = run(given);
      return cell.states.reduce(
        (total, name) => add(total, weighed(states[name]!, upstream.states[name]!)),
        weighed(y, upstream.y),
      );
    })([...tensors]);
  });
}

async function expectGradients(cell: Cell, values: CellValues): Promise<void> {
  const expected = cellGradientReference(cell, values, upstreamOf(cell, values));
  const found = await gradients(cell, values);
  const wanted = [
    expected.x,
    ...Object.values(expected.weights),
    ...Object.values(expected.states),
  ];
  const { names, tensors } = listedCell(cell, values);
  expect(found).toHaveLength(wanted.length);
  names.forEach((name, k) => {
    expect(found[k]!.shape, name).toEqual(tensors[k]!.shape);
    const most = wanted[k]!.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expectAllClose(found[k]!.data, wanted[k]!, { rtol: 1e-4, atol: 1e-6 + 1e-5 * most });
  });
  dispose([...tensors]);
}

interface Case {
  readonly cell: Cell;
  readonly name: string;
  readonly sizes: LstmSizes;
}

/** Every cell once, and those that between them have all that a cell can have at all sizes. */
const cases: readonly Case[] = [
  ...cellsToTry.map((each) => ({ ...each, sizes: ordinary })),
  ...[coupledCell, lstmCell, gruCell, gruResetBeforeCell, rhnCell].flatMap((cell) =>
    sequenceSizes.map((sizes) => ({
      ...{ cell, sizes },
      name: `${cell.name}, ${sizes.batch} x ${sizes.time} x ${sizes.input} -> ${sizes.units}`,
    })),
  ),
];

/** Orders of the blocks that frameworks have, each with settings of its own. */
const orders = cellsToTry.flatMap(({ cell, name }) =>
  Object.entries(cell.orders).map(([framework, order], k) => {
    const settings = Object.fromEntries(Object.keys(cell.settings).map((each) => [each, k - 0.25]));
    return { cell, name, framework, changes: { order, settings } };
  }),
);

/** Weights so large that no sum is near 0. */
function saturated(cell: Cell, sizes: LstmSizes): CellValues {
  const values = cellValues(cell, sizes);
  const weights = Object.entries(values.weights).map(([name, data]): [string, Float64Array] => [
    name,
    name === 'kernel' ? data.map((value) => 1000 * value) : data,
  ]);
  return { ...values, weights: Object.fromEntries(weights) };
}

// A relu does not saturate.
const saturating = cellsToTry.filter(({ cell }) => !cell.nodes.some(({ op }) => op === 'relu'));

/** Tests of the kernel `RecurrentSequence`. */
export function recurrentSuite(): void {
  test.each(cases)('agrees with float64 as $name', async ({ cell, sizes }) => {
    await expectOutputs(cell, cellValues(cell, sizes));
  });
  test.each(orders)('reads the weights of $framework as $name', async ({ cell, changes }) => {
    await expectOutputs(cell, { ...cellValues(cell, ordinary), ...changes });
  });
  test.each(saturating)('saturates without NaN as $name', async ({ cell }) => {
    await expectOutputs(cell, saturated(cell, ordinary), { rtol: 1e-4, atol: 1e-4 });
  });
}

/** Tests of the kernel `RecurrentSequenceGrad`, through all outputs. */
export function recurrentGradSuite(): void {
  test.each(cases)('agrees with float64 as $name', async ({ cell, sizes }) => {
    await expectGradients(cell, cellValues(cell, sizes));
  });
  test.each(orders)('reads the weights of $framework as $name', async ({ cell, changes }) => {
    await expectGradients(cell, { ...cellValues(cell, ordinary), ...changes });
  });
  test.each(saturating)('is finite where sums are large as $name', async ({ cell }) => {
    for (const { data } of await gradients(cell, saturated(cell, ordinary)))
      expect([...data].every(Number.isFinite)).toBe(true);
  });
}
