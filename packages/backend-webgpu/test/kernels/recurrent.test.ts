import { add, grads, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import {
  type Cell,
  cellGradientReference,
  cellReference,
  defineCell,
  gate,
} from '@secateur/kernels';
import { add as plus, mul, relu, tanh } from '@secateur/kernels';
import {
  cellsToTry,
  cellValues,
  coupledCell,
  expectAllClose,
  listedCell,
  numbers as exactNumbers,
  type CellValues,
} from '@secateur/testing';
import { randomCells } from '@secateur/testing/random-cell';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellRounds } from '../../src/kernels/recurrent/cell-rounds.ts';
import { cellStages } from '../../src/kernels/recurrent/cell-stages.ts';
import { setTuning, type Tuning, usual } from '../../src/tuning.ts';
import { describeWebgpu, running } from '../describe-webgpu.ts';
import { prunedSizes, sizesToTry } from '../sequence-sizes.ts';
import { withLimits } from '../small-limits.ts';
import { bitsOf, readAll, soilMemory, weighted } from '../values.ts';

const close = { rtol: 1e-5, atol: 5e-6 };

const soil = ({ batch, time, units, depth }: CellValues): Promise<void> =>
  soilMemory(
    [1, 2, 3, 4].flatMap((n) => [batch * time * depth, batch, 1].map((m) => n * m * units)),
  );

async function expectForward(cell: Cell, values: CellValues): Promise<void> {
  await soil(values);
  const expected = cellReference(cell, values);
  const [y, ...states] = await readAll(() => {
    const { tensors, run } = listedCell(cell, values);
    const out = run(tensors);
    return [out.y, ...cell.states.map((name) => out.states[name]!)];
  });
  expectAllClose(y!, expected.y, close);
  cell.states.forEach((name, k) => expectAllClose(states[k]!, expected.states[name]!, close));
}

/** Gradients of a weighted sum of y and of all last states in all inputs. */
const gradients = (cell: Cell, values: CellValues): Promise<Float32Array[]> =>
  readAll(() => {
    const { tensors, run } = listedCell(cell, values);
    return grads((...moved: Tensor[]) => {
      const { y, states } = run(moved);
      return cell.states
        .map((name, k) => weighted(states[name]!, 12 + k))
        .reduce((a, b) => add(a, b), weighted(y, 11)) as Scalar;
    })([...tensors]);
  });

async function expectGradients(cell: Cell, values: CellValues): Promise<void> {
  const { batch, time, units } = values;
  const states = cell.states.map((name, k) => [name, exactNumbers(batch * units, 12 + k)]);
  const { x, ...expected } = cellGradientReference(cell, values, {
    y: exactNumbers(batch * time * units, 11),
    states: Object.fromEntries(states) as Record<string, Float64Array>,
  });
  await soil(values);
  const found = await gradients(cell, values);
  const wanted = [x, ...Object.values(expected.weights), ...Object.values(expected.states)];
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((each, k) => {
    const most = each.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expectAllClose(found[k]!, each, { rtol: 1e-4, atol: 1e-6 + 1e-5 * most });
  });
}

async function expectBoth(cell: Cell, values: CellValues): Promise<void> {
  await expectForward(cell, values);
  await expectGradients(cell, values);
}

/** Some random cells, and of each kind that asks something of its own of the programs. */
function chosenCells(): Cell[] {
  const cells = fc.sample(randomCells, { seed: 3, numRuns: 1000 });
  const products = (cell: Cell): number => Math.max(...cell.stages.map((s) => s.products.length));
  const kinds: ((cell: Cell) => boolean)[] = [
    (cell) => cellRounds(cell, { ...usual, rows: 4 }).crowded,
    (cell) => cellStages(cell, { ...usual, rows: 4 }).carried > 0,
    (cell) => cellStages(cell, { ...usual, rows: 4 }).carried > 0 && cell.repeats,
    (cell) => products(cell) === 0,
    (cell) => products(cell) > 1,
    (cell) => cell.stages.length > 2,
    (cell) => cell.stages.length > 1 && cell.stages[0]!.products.length === 0,
    (cell) => cell.repeats && !cellRounds(cell, { ...usual, rows: 4 }).shared,
    (cell) => cell.repeats && cell.states.length > 1,
    (cell) => cell.parameters.length > 1,
  ];
  const chosen = kinds.map((is) => cells.filter(is).slice(0, 2));
  expect(chosen.every(({ length }) => length === 2)).toBe(true);
  return [...new Set([...chosen.flat(), ...cells.slice(0, 5)])];
}

describeWebgpu('RecurrentSequence', () => {
  describe.each(cellsToTry)('of $name', ({ cell }) => {
    test.each([...sizesToTry, ...prunedSizes])(
      'agrees with float64 at $batch x $time x $input -> $units',
      async (sizes) => {
        await expectBoth(cell, cellValues(cell, sizes));
      },
    );
  });

  test('agrees with float64 for random cells of every kind', async () => {
    for (const cell of chosenCells())
      await expectBoth(cell, cellValues(cell, { batch: 2, time: 3, input: 2, units: 3 }));
  });

  test('agrees with float64 where a state is what something else is, and where nothing is kept', async () => {
    const common = { blocks: 'n', masks: ['keep'], parameters: ['p'] } as const;
    const cells = [
      defineCell({
        ...{ ...common, name: 'passing', states: ['h', 'c', 'm', 'q', 'k'] },
        equations: ({ h, c, p, keep }) => {
          return { h: tanh(gate('n', mul(mul(h, c), p))), c, m: h, q: p, k: keep };
        },
      }),
      defineCell({
        ...{ ...common, name: 'linear', states: ['h', 'c'] },
        equations: ({ h, p, keep }) => {
          const sum = gate('n', mul(mul(h, p), keep));
          return { h: sum, c: sum };
        },
      }),
    ];
    for (const cell of cells)
      await expectBoth(cell, cellValues(cell, { batch: 2, time: 3, input: 2, units: 3 }));
  });

  test('adds up more blocks than a loop holds, and keeps cells of one name apart', async () => {
    for (const op of [relu, tanh]) {
      const wide = defineCell({
        name: 'wide',
        states: ['h'],
        blocks: 'abcdefghi',
        equations: ({ h }) => {
          const sums = [...'abcdefghi'].map((name) => gate(name, h));
          return { h: tanh(sums.reduce((a, b) => plus(a, mul(0.3, op(b))))) };
        },
      });
      await expectBoth(wide, cellValues(wide, { batch: 5, time: 2, input: 3, units: 4 }));
    }
  });

  test('runs one program for all orders and settings', async () => {
    const values = cellValues(coupledCell, { batch: 2, time: 3, input: 4, units: 5 });
    for (const order of ['igo', 'goi', 'oig']) {
      await expectBoth(coupledCell, { ...values, order, settings: { inputBias: 0.25 } });
    }
  });

  test('stays finite and right where the gates saturate', async () => {
    const values = cellValues(coupledCell, { batch: 2, time: 2, input: 2, units: 2 });
    await expectForward(coupledCell, { ...values, x: values.x.map((x) => 1000 * x) });
  });

  test.each(cellsToTry)('keeps NaN where it is in $name', async ({ cell }) => {
    const values = cellValues(cell, { batch: 2, time: 3, input: 2, units: 3 });
    values.x[2] = NaN; // sequence 0, step 1
    for (const mask of Object.values(values.masks)) mask.fill(1);
    const [y] = await readAll(() => {
      const { tensors, run } = listedCell(cell, values);
      return [run(tensors).y];
    });
    const expected = Array.from({ length: 18 }, (_, k) => k >= 3 && k < 9);
    expect([...y!].map(Number.isNaN)).toEqual(expected);
  });

  test('takes more workgroups than fit one dimension', async () => {
    const values = cellValues(coupledCell, { batch: 37, time: 2, input: 3, units: 65 });
    await withLimits({ maxComputeWorkgroupsPerDimension: 20 }, () =>
      expectForward(coupledCell, values),
    );
  });

  // So many rows that stock products would add their parts in any order.
  test('has the same bits every time, also over a long inner dimension', async () => {
    const values = cellValues(coupledCell, { batch: 2100, time: 1, input: 2, units: 12 });
    await expectGradients(coupledCell, values);
    const first = (await gradients(coupledCell, values)).map(bitsOf);
    for (let k = 0; k < 2; k++)
      expect((await gradients(coupledCell, values)).map(bitsOf)).toEqual(first);
  });

  test.each<Partial<Tuning>>([
    { lanes: 64, columns: 16, rows: 4 },
    { lanes: 32, columns: 32, rows: 4 },
    { lanes: 256, columns: 64, rows: 2 },
  ])('in workgroups of %o', async (tuning) => {
    setTuning(running(), tuning);
    try {
      for (const { cell } of cellsToTry.slice(0, 2)) {
        await expectBoth(cell, cellValues(cell, { batch: 5, time: 2, input: 3, units: 37 }));
      }
    } finally {
      setTuning(running(), usual);
    }
  });
});
