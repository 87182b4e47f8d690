import {
  grads,
  memory,
  tensor,
  tensor2d,
  tensor3d,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import {
  type Cell,
  cellGradientReference,
  type CellInputs,
  cellReference,
  defineCell,
  gate,
  relu,
  weightShapes,
} from '@secateur/kernels';
import { recurrentSequence } from '@secateur/backend/kernels';
import { describeBackend, expectAllClose, numbers, sizeOf } from '@secateur/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composedCell, composedCellGrad } from '../../src/fused/composed-cell.ts';
import { randomCells } from '@secateur/testing/random-cell';

const sizes = { batch: 2, time: 3, input: 2, units: 3 };
const { batch, time, input, units } = sizes;
const close = { rtol: 1e-4, atol: 2e-5 };

type Arrays = Record<string, Float64Array>;

/** Inputs of a cell, and an order of its blocks that is not its own. */
function inputsOf(cell: Cell): CellInputs & { weights: Arrays; states: Arrays; masks: Arrays } {
  const depth = cell.repeats ? 2 : 1;
  let seed = 1;
  const made = (names: readonly string[], shape: readonly number[]): Arrays =>
    Object.fromEntries(names.map((name) => [name, numbers(sizeOf(shape), seed++)]));
  const shapes = Object.entries(weightShapes(cell, { input, units, depth }));
  const blocks = cell.blocks.map(({ name }) => name);
  return {
    ...sizes,
    depth,
    x: numbers(batch * time * input, 40),
    weights: Object.assign({}, ...shapes.map(([name, shape]) => made([name], shape))) as Arrays,
    states: made(cell.states, [batch, units]),
    masks: made(cell.masks, [batch, units]),
    order: [...blocks.slice(1), blocks[0]!].join(''),
  };
}

const tensorOf = (values: ArrayLike<number>, shape: readonly number[]): Tensor =>
  tensor(Float32Array.from(values), [...shape], 'float32');

function matrices(arrays: Arrays): Record<string, Tensor2D> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, values]) => [
      name,
      tensorOf(values, [batch, units]) as Tensor2D,
    ]),
  );
}

/** Outputs, last states and all gradients of the composed cell, by name. */
function composed(cell: Cell, inputs: ReturnType<typeof inputsOf>): Record<string, Tensor> {
  const shapes = weightShapes(cell, inputs);
  const x = tensorOf(inputs.x, [batch, time, input]) as Tensor3D;
  const given = {
    x,
    weights: Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, tensorOf(inputs.weights[name]!, shape)]),
    ),
    states: matrices(inputs.states),
    masks: matrices(inputs.masks),
  };
  const attributes = { order: inputs.order };
  const { y, states, activations, saved } = composedCell(cell, given, attributes);
  const { y: dy, states: dstates } = upstreamOf(cell);
  const dyTensor = tensorOf(dy, [batch, time, units]) as Tensor3D;
  const done = { y, activations, saved, dy: dyTensor, dstates: matrices(dstates) };
  const actual = composedCellGrad(cell, given, done, attributes);
  return { y, ...states, ...gradientsByName(actual.x, actual.weights, actual.states) };
}

/** Gradients in the outputs and in the last states but that of the output, whose last step is in the outputs. */
const upstreamOf = (cell: Cell): { y: Float64Array; states: Arrays } => ({
  y: numbers(batch * time * units, 51),
  states: Object.fromEntries(
    cell.states
      .filter((name) => name !== cell.output)
      .map((name, k) => [name, numbers(batch * units, 52 + k)]),
  ),
});

function gradientsByName<T>(
  x: T,
  weights: Readonly<Record<string, T>>,
  states: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries([
    ['dx', x],
    ...[...Object.entries(weights), ...Object.entries(states)].map(([name, value]): [string, T] => [
      `d${name}`,
      value,
    ]),
  ]) as Record<string, T>;
}

describeBackend('a random cell, composed of operations', () => {
  test('agrees with the float64 reference, forward and back, whatever the order of its blocks', () => {
    fc.assert(
      fc.property(randomCells, (cell) => {
        const inputs = inputsOf(cell);
        const { y, states } = cellReference(cell, inputs);
        const back = cellGradientReference(cell, inputs, upstreamOf(cell));
        const expected = {
          y,
          ...states,
          ...gradientsByName(back.x, back.weights, back.states),
        };
        const before = memory().numTensors;
        tidy(() => {
          const actual = composed(cell, inputs);
          expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
          for (const [name, values] of Object.entries(expected))
            expectAllClose(actual[name]!.dataSync(), values, close);
        });
        expect(memory().numTensors).toBe(before);
      }),
      { numRuns: 40 },
    );
  });
});

describeBackend('a cell whose product reads the plain sum of another', () => {
  test('computes it, and goes back through both products', () => {
    const cell = defineCell({
      ...{ name: 'projected', states: ['h'], blocks: 'pn', bias: 'none' },
      equations: ({ h }) => ({ h: relu(gate('n', gate('p', h))) }),
    });
    tidy(() => {
      // Columns of p, then of n: p = 2 x + 3 h = 17, n = 5 x + 7 p = 124.
      const weights = { kernel: tensor2d([[2, 5]]), recurrent: tensor2d([[3, 7]]) };
      const run = (x: Tensor3D, h: Tensor2D): Tensor =>
        recurrentSequence(cell, { x, weights, states: { h } }).y;
      const inputs = [tensor3d([[[1]]]), tensor2d([[5]])] as const;
      expectAllClose(run(...inputs), [124]);
      const [dx, dh] = grads(run as (...args: Tensor[]) => Tensor)([...inputs]);
      expectAllClose(dx!, [5 + 7 * 2]);
      expectAllClose(dh!, [7 * 3]);
    });
  });
});
