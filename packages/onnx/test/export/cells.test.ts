import { encodeOnnx, toOnnx } from '@secateur/onnx';
import {
  layoutOfWeights,
  recurrentWeights,
  type LayerDescription,
  type Layout,
  type Weights,
} from '@secateur/groups';
import { cellReference, weightShapes, type Cell } from '@secateur/kernels';
import { cellsToTry, cellValues, expectAllClose, type CellValues } from '@secateur/testing';
import { randomCells } from '@secateur/testing/random-cell';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runOnnx, runtimes, type Feeds } from '../support/run-onnx.ts';

const sizes = { batch: 2, time: 4, input: 3, units: 5 };

/** A network of one recurrent layer. */
function oneLayer(
  cell: Cell,
  values: Pick<CellValues, 'weights' | 'order' | 'settings' | 'depth'> & typeof sizes,
): { layers: LayerDescription[]; weights: Weights; layout: Layout } {
  const { depth, order, settings, input, units } = values;
  const shapes = weightShapes(cell, { input, units, depth });
  const expressions = recurrentWeights(cell, { name: 'rnn', input: 'in', units: 'h', depth });
  const layer = { kind: 'recurrent' as const, name: 'rnn', cell, order, settings, units: 'h' };
  const named = Object.entries(shapes).map(([name, shape]) => [
    `rnn/${name}`,
    { shape, data: Float32Array.from(values.weights[name]!) },
  ]);
  const reads = cell.blocks.some((block) => block.input) ? { in: input } : {};
  const layout = layoutOfWeights(expressions, { ...reads, h: units }, 'test');
  return {
    layers: [{ ...layer, weights: expressions }],
    weights: Object.fromEntries(named) as Weights,
    layout,
  };
}

/** What the cell reads, for its file. */
function feedsOf(cell: Cell, { x, states, batch, time, input, units }: CellValues): Feeds {
  const before = cell.states.map((state) => [
    `rnn/${state}0`,
    { dims: [1, batch, units], data: Float32Array.from(states[state]!) },
  ]);
  return {
    x: { dims: [batch, time, input], data: Float32Array.from(x) },
    ...(Object.fromEntries(before) as Feeds),
  };
}

describe.each(runtimes)('toOnnx of a cell, in %s', (runtime) => {
  test.each(cellsToTry)('$name gives what the float64 reference gives', async ({ cell }) => {
    const { masks, ...values } = cellValues(cell, sizes);
    const net = oneLayer(cell, values);
    const expected = cellReference(cell, values);
    expect(Object.keys(masks)).toEqual(cell.masks);
    const [found] = await runOnnx(runtime, toOnnx(net, net), feedsOf(cell, { ...values, masks }));
    expectAllClose(found!['y']!.data, expected.y, { atol: 1e-5 });
    for (const state of cell.states)
      expectAllClose(found![`rnn/${state}n`]!.data, expected.states[state]!, { atol: 1e-5 });
  });

  test.each(cellsToTry)('$name is a single step where steps is one', async ({ cell }) => {
    const { masks, ...values } = cellValues(cell, { ...sizes, time: 1 });
    const net = oneLayer(cell, values);
    const expected = cellReference(cell, values);
    const model = toOnnx(net, net, { steps: 'one', opset: 22 });
    expect(model.graph!.node.map(({ opType }) => opType)).not.toContain('Scan');
    const [found] = await runOnnx(runtime, model, feedsOf(cell, { ...values, masks }));
    expectAllClose(found!['y']!.data, expected.y, { atol: 1e-5 });
  });
});

test('toOnnx writes any cell as its equations say', async () => {
  await fc.assert(
    fc.asyncProperty(randomCells, async (cell) => {
      const { masks, ...values } = cellValues(cell, sizes);
      const net = oneLayer(cell, values);
      const expected = cellReference(cell, values);
      const feeds = feedsOf(cell, { ...values, masks });
      const [found] = await runOnnx('onnxruntime-node', toOnnx(net, net), feeds);
      expectAllClose(found!['y']!.data, expected.y, { atol: 1e-4, rtol: 1e-4 });
    }),
    { numRuns: 100 },
  );
});

test('toOnnx writes the same bytes every time', () => {
  const [{ cell }] = cellsToTry as [(typeof cellsToTry)[0]];
  const net = oneLayer(cell, cellValues(cell, sizes));
  expect(encodeOnnx(toOnnx(net, net))).toEqual(encodeOnnx(toOnnx(net, net)));
});
