import {
  type Cell,
  cellGradient,
  cellGradientReference,
  type CellGradients,
  type CellInputs,
  cellReference,
  weightShapes,
} from '@secateur/kernels';
import { expectAllClose, finiteDifference, numbers, sizeOf } from '@secateur/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomCells } from '@secateur/testing/random-cell';

const close = { rtol: 1e-6, atol: 1e-7 };
const sizes = { batch: 2, time: 2, input: 2, units: 2 };

function inputsOf(cell: Cell): CellInputs {
  const depth = cell.repeats ? 2 : 1;
  const { batch, time, input, units } = sizes;
  const shapes = Object.entries(weightShapes(cell, { input, units, depth }));
  let seed = 1;
  const made = (size: number): Float64Array => numbers(size, seed++);
  return {
    ...sizes,
    depth,
    x: made(batch * time * input),
    weights: Object.fromEntries(shapes.map(([name, shape]) => [name, made(sizeOf(shape))])),
    states: Object.fromEntries(cell.states.map((name) => [name, made(batch * units)])),
    masks: Object.fromEntries(
      cell.masks.map((name) => [name, made(batch * units).map((v) => (v < 0 ? 0 : 2))]),
    ),
  };
}

const upstreamOf = (cell: Cell): { y: Float64Array; states: Record<string, Float64Array> } => ({
  y: numbers(sizes.batch * sizes.time * sizes.units, 51),
  states: Object.fromEntries(
    cell.states.map((name, k) => [name, numbers(sizes.batch * sizes.units, 52 + k)]),
  ),
});

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((total, value, i) => total + value * b[i]!, 0);

function lossOf(cell: Cell, inputs: CellInputs): number {
  const upstream = upstreamOf(cell);
  const { y, states } = cellReference(cell, inputs);
  return cell.states.reduce(
    (total, name) => total + dot(states[name]!, upstream.states[name]!),
    dot(y, upstream.y),
  );
}

/** Gradients of the loss by central differences, of everything that {@link cellGradientReference} returns. */
function differences(cell: Cell, inputs: CellInputs): CellGradients {
  const of = (values: ArrayLike<number>, at: (moved: Float64Array) => CellInputs): Float64Array =>
    finiteDifference((moved) => lossOf(cell, at(moved)), Float64Array.from(values));
  const each = (kind: 'weights' | 'states'): Record<string, Float64Array> =>
    Object.fromEntries(
      Object.entries(inputs[kind]!).map(([name, values]) => [
        name,
        of(values!, (to) => ({ ...inputs, [kind]: { ...inputs[kind], [name]: to } })),
      ]),
    );
  return {
    x: of(inputs.x, (x) => ({ ...inputs, x })),
    weights: each('weights'),
    states: each('states'),
  };
}

describe('cellGradient of random cells', () => {
  test('agrees with differences, whether factors are hoisted or not', () => {
    fc.assert(
      fc.property(randomCells, (cell) => {
        const inputs = inputsOf(cell);
        const expected = differences(cell, inputs);
        for (const hoist of [true, false]) {
          const gradient = cellGradient(cell, { hoist });
          const found = cellGradientReference(cell, inputs, upstreamOf(cell), gradient);
          expectAllClose(found.x, expected.x, close);
          for (const kind of ['weights', 'states'] as const) {
            expect(Object.keys(found[kind])).toEqual(Object.keys(expected[kind]));
            for (const [name, values] of Object.entries(expected[kind]))
              expectAllClose(found[kind][name]!, values, close);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
  test('has seen every form of cell', () => {
    const cells = fc.sample(randomCells, { seed: 1, numRuns: 150 });
    const having = (is: (cell: Cell) => boolean): number => cells.filter(is).length;
    expect(having((cell) => cell.stages.length > 2)).toBeGreaterThan(5);
    expect(having((cell) => cell.stages.some((s) => s.products.length > 1))).toBeGreaterThan(5);
    expect(having((cell) => cell.blocks.some((block) => block.split))).toBeGreaterThan(20);
    expect(having((cell) => cell.blocks.some((block) => !block.recurrent))).toBeGreaterThan(20);
    expect(having((cell) => cell.blocks.some((block) => !block.input))).toBeGreaterThan(20);
    expect(having(hasSumForProductsOnly)).toBeGreaterThan(5);
    expect(having((cell) => cell.repeats)).toBeGreaterThan(40);
    expect(having((cell) => cellGradient(cell).recomputed.length > 5)).toBeGreaterThan(20);
  });
  test('survives JSON', () => {
    fc.assert(
      fc.property(randomCells, (cell) => {
        expect(JSON.parse(JSON.stringify(cell))).toEqual(cell);
        expect(cellGradient(JSON.parse(JSON.stringify(cell)) as Cell)).toEqual(cellGradient(cell));
      }),
      { numRuns: 30 },
    );
  });
});

/** Whether a whole sum goes into a product and into nothing else. */
const hasSumForProductsOnly = ({ nodes, stages, next }: Cell): boolean =>
  nodes.some(
    ({ op }, at) =>
      op === 'gate' &&
      stages.some(({ products }) => products.some(({ read }) => read === at)) &&
      !nodes.some(({ args }) => args.includes(at)) &&
      !Object.values(next).includes(at),
  );
