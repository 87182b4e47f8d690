import {
  add,
  div,
  dispose,
  keep,
  memory,
  mul,
  scalar,
  square,
  sqrt,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  train as optimizers,
  type Scalar,
} from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '@whittle/cells';
import { issGroups, stackedLstmLayout, type Layout } from '@whittle/groups';
import { groupLasso } from '@whittle/lasso';
import { compact, readVariables } from '@whittle/pruner/tfjs';
import { describeBackend } from '@whittle/testing';
import { expect, test } from 'vitest';
import { batchReader } from '../src/data/batches.ts';
import { forward, initialWeights, variablesOf, zeroState } from '../src/model.ts';
import { trainStep } from '../src/step.ts';

const shape = { batch: 4, steps: 5, forgetBias: 0 };
const text = Int32Array.from({ length: 4 * 250 * 5 }, (_, i) => (i * i + (i >> 3)) % 7);
const start = (): { layout: Layout; weights: ReturnType<typeof initialWeights> } => {
  const layout = stackedLstmLayout({ vocab: 7, embed: 6, hidden: [10, 9] });
  return { layout, weights: initialWeights(layout, { init: 0.3, seed: 5 }) };
};

describeBackend('a training', () => {
  test('keeps the number of tensors flat over 500 steps with compaction on', async () => {
    const begun = start();
    let layout = begun.layout;
    let variables = variablesOf(begun.weights);
    const optimizer = groupLasso(optimizers.adam(0.005), issGroups(layout), {
      lambda: 2,
      penalty: 'proximal',
      threshold: 2e-3,
      clipNorm: 5,
    });
    const reader = batchReader(text, shape.batch, shape.steps);
    let state = zeroState(variables, shape.batch);
    const counts = new Set<number>();
    let removed = 0;
    for (let step = 0; step < 500; step++) {
      const result = await trainStep(
        variables,
        optimizer,
        reader.window(step % reader.windows),
        state,
        shape,
      );
      state = result.state;
      counts.add(memory().numTensors);
      if (step % 50 === 49) {
        const smaller = await compact({ variables, optimizer, layout });
        removed += Object.values(smaller.removed).flat().length;
        ({ variables, layout } = smaller);
        optimizer.setGroups(issGroups(layout));
        dispose(state as never);
        state = zeroState(variables, shape.batch);
      }
    }
    expect([...counts]).toHaveLength(1);
    expect(removed).toBeGreaterThan(0);
    expect(layout.dims['h1']! + layout.dims['h2']!).toBe(19 - removed);
    optimizer.dispose();
    dispose([variables, state] as never);
  });

  test('with lambda 0 is the dense training bit for bit', async () => {
    const { layout, weights } = start();
    const reader = batchReader(text, shape.batch, shape.steps);

    const hooked = variablesOf(weights);
    const optimizer = groupLasso(optimizers.sgd(0.5), issGroups(layout), {
      lambda: 0,
      threshold: 1e-2,
      clipNorm: 5,
    });
    let state = zeroState(hooked, shape.batch);
    for (let step = 0; step < 30; step++) {
      ({ state } = await trainStep(hooked, optimizer, reader.window(step), state, shape));
    }
    const withHook = readVariables(hooked);
    optimizer.dispose();
    dispose([hooked, state] as never);

    // The same by hand, without any package of the hook: gradients, clip by the global norm, w - 0.5 g.
    const dense = variablesOf(weights);
    const sgd = optimizers.sgd(0.5);
    let carried = zeroState(dense, shape.batch);
    for (let step = 0; step < 30; step++) {
      const { inputs, targets } = reader.window(step);
      const before = carried;
      tidy(() => {
        const words = tensor2d(inputs, [shape.batch, shape.steps], 'int32');
        const { grads } = sgd.computeGradients(() => {
          const result = forward(dense, words, before, shape);
          carried = result.state.map(({ h, c }) => ({ h: keep(h), c: keep(c) }));
          return div(
            sum(softmaxCrossEntropy(result.logits, tensor1d(targets, 'int32'))),
            scalar(shape.batch),
          ) as Scalar;
        }, Object.values(dense));
        const norm = sqrt(
          Object.values(grads)
            .map((grad) => sum(square(grad)))
            .reduce((a, b) => add(a, b)),
        ).dataSync()[0]!;
        expect(norm).toBeLessThan(5);
        sgd.applyGradients(
          Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, mul(g, 1)])),
        );
      });
      dispose(before as never);
    }
    expect(withHook).toEqual(readVariables(dense));
    sgd.dispose();
    dispose([dense, carried] as never);
  });
});
