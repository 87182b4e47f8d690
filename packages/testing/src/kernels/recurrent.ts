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
import { expect, test } from 'vitest';
import {
  cellsToTry,
  cellValues,
  coupledCell,
  listedCell,
  type CellValues,
} from '../cell-fixture.ts';
import { expectAllClose, type Closeness } from '../expect-all-close.ts';
import type { LstmSizes } from '../lstm-fixture.ts';
import { numbers } from '../numbers.ts';
import { digest, read, type Values } from '../read.ts';
import { sequenceSizes } from './sequences.ts';
import type { SuiteOptions } from './suite.ts';

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
      sum(mul(output, tensor(new Float32Array(slope), output.shape)));
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
  const actual = await gradients(cell, values);
  const wanted = [
    expected.x,
    ...Object.values(expected.weights),
    ...Object.values(expected.states),
  ];
  const { names, tensors } = listedCell(cell, values);
  expect(actual).toHaveLength(wanted.length);
  names.forEach((name, k) => {
    expect(actual[k]!.shape, name).toEqual(tensors[k]!.shape);
    const most = wanted[k]!.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expectAllClose(actual[k]!.data, wanted[k]!, { rtol: 1e-4, atol: 1e-6 + 1e-5 * most });
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
      cell,
      sizes,
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

/** The sizes of what a kernel may write. */
const outputSizes = ({ batch, time, units }: LstmSizes): number[] =>
  [1, 2, 3, 4, 6, 9].flatMap((n) => [batch * time, batch, 1].map((m) => n * m * units));

/** Values whose first sequence has a NaN at its second step, where nothing masks it. */
function withNaN(cell: Cell): CellValues {
  const values = cellValues(cell, { batch: 2, time: 3, input: 2, units: 3 });
  const masks = Object.entries(values.masks).map(([name, mask]) => [name, mask.map(() => 1)]);
  return {
    ...values,
    x: values.x.with(2, NaN),
    masks: Object.fromEntries(masks) as CellValues['masks'],
  };
}

/** Tests of the kernel `RecurrentSequence`. */
export function recurrentSuite({ soil }: SuiteOptions = {}): void {
  test.each(cases)('agrees with float64 as $name', async ({ cell, sizes }) => {
    await soil?.(outputSizes(sizes));
    await expectOutputs(cell, cellValues(cell, sizes));
  });
  test.each(orders)('reads the weights of $framework as $name', async ({ cell, changes }) => {
    await expectOutputs(cell, { ...cellValues(cell, ordinary), ...changes });
  });
  test.each(saturating)('saturates without NaN as $name', async ({ cell }) => {
    await expectOutputs(cell, saturated(cell, ordinary), { rtol: 1e-4, atol: 1e-4 });
  });
  test.each(cellsToTry)(
    'keeps NaN in its sequence, from its step on, as $name',
    async ({ cell }) => {
      const values = withNaN(cell);
      const [y] = await read(() => {
        const { tensors, run } = listedCell(cell, values);
        return [run(tensors).y];
      });
      expect([...y!.data].map(Number.isNaN)).toEqual(
        Array.from({ length: 18 }, (_, k) => k >= 3 && k < 9),
      );
    },
  );
}

/** Tests of the kernel `RecurrentSequenceGrad`, through all outputs. */
export function recurrentGradSuite({ soil }: SuiteOptions = {}): void {
  test.each(cases)('agrees with float64 as $name', async ({ cell, sizes }) => {
    await soil?.(outputSizes(sizes));
    await expectGradients(cell, cellValues(cell, sizes));
  });
  test.each(orders)('reads the weights of $framework as $name', async ({ cell, changes }) => {
    await expectGradients(cell, { ...cellValues(cell, ordinary), ...changes });
  });
  test.each(saturating)('is finite where sums are large as $name', async ({ cell }) => {
    for (const { data } of await gradients(cell, saturated(cell, ordinary)))
      expect([...data].every(Number.isFinite)).toBe(true);
  });
  test.each(cellsToTry)('has the same bits twice as $name', async ({ cell }) => {
    const values = cellValues(cell, ordinary);
    expect(digest(await gradients(cell, values))).toBe(digest(await gradients(cell, values)));
  });
}
