import {
  add,
  div,
  dispose,
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
  Tensor,
  type Scalar,
} from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy, weightVariables } from '@secateur/cells';
import { issGroups, recurrentDims, type Layout } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import { compact, readVariables } from '@secateur/pruner/tfjs';
import { describeBackend, rhnLanguageModelLayout, stackedLstmLayout } from '@secateur/testing';
import { describe, expect, test, vi } from 'vitest';
import { batchReader } from '../src/data/batches.ts';
import { perplexity } from '../src/evaluate.ts';
import type { LanguageModel } from '../src/network/network.ts';
import { networkOf, type NetworkSettings } from '../src/network/networks.ts';
import { keepState } from '../src/network/state.ts';
import { trainStep } from '../src/step.ts';
import { initialWeights } from '../src/weights.ts';

const shape = { batch: 4, steps: 5 };
const text = Int32Array.from({ length: 4 * 250 * 5 }, (_, i) => (i * i + (i >> 3)) % 7);
const layouts: Record<NetworkSettings['cell'], Layout> = {
  lstm: stackedLstmLayout({ vocab: 7, embed: 6, hidden: [10, 9] }),
  rhn: rhnLanguageModelLayout({ vocab: 7, width: 19, depth: 2 }),
};
const networks: Record<NetworkSettings['cell'], LanguageModel> = {
  lstm: networkOf({ cell: 'lstm', layers: 2, forgetBias: 0 }),
  rhn: networkOf({ cell: 'rhn', depth: 2, transformBias: -1 }),
};
const start = (
  cell: NetworkSettings['cell'],
): { layout: Layout; network: LanguageModel; weights: ReturnType<typeof initialWeights> } => {
  const layout = layouts[cell];
  return {
    layout,
    network: networks[cell],
    weights: initialWeights(layout, { init: 0.3, seed: 5 }),
  };
};

describeBackend('a perplexity', () => {
  test('is measured while signals are heard', async () => {
    const { network, weights } = start('lstm');
    const variables = weightVariables(weights);
    const heard = vi.fn();
    setImmediate(heard);
    await perplexity(network, variables, text.subarray(0, 100), shape);
    expect(heard).toHaveBeenCalled();
    dispose(variables);
  });
});

describeBackend('a training', () => {
  describe.each(['lstm', 'rhn'] as const)('of %s', (cell) => {
    test('keeps nothing of a step whose loss cannot be read, and leaves the state to its owner', async () => {
      const { layout, network, weights } = start(cell);
      const variables = weightVariables(weights);
      const optimizer = groupLasso(optimizers.sgd(0.1), issGroups(layout), { lambda: 0.1 });
      const window = { inputs: new Int32Array(20), targets: new Int32Array(20), index: 0 };
      const first = await trainStep(
        network,
        variables,
        optimizer,
        window,
        network.net.zeroState(variables, shape.batch),
        shape,
      );
      const before = memory().numTensors;
      const spy = vi.spyOn(Tensor.prototype, 'data').mockRejectedValue(new Error('lost'));
      await expect(
        trainStep(network, variables, optimizer, window, first.state, shape),
      ).rejects.toThrow('lost');
      spy.mockRestore();
      expect(memory().numTensors).toBe(before);
      const second = await trainStep(network, variables, optimizer, window, first.state, shape);
      expect(second.loss).toBeLessThan(first.loss);
      dispose({ ...second.state });
      dispose(Object.values(variables));
      optimizer.dispose();
    });

    test('keeps the number of tensors flat over 200 steps with compaction on', async () => {
      const begun = start(cell);
      const { network } = begun;
      let layout = begun.layout;
      let variables = weightVariables(begun.weights);
      const optimizer = groupLasso(optimizers.adam(0.0125), issGroups(layout), {
        // A component of the RHN has about as many weights as one of the LSTM, and all depths to hold on to.
        lambda: cell === 'lstm' ? 2 : 6,
        penalty: 'proximal',
        threshold: 2e-3,
        clipNorm: 5,
      });
      const reader = batchReader(text, shape.batch, shape.steps);
      let state = network.net.zeroState(variables, shape.batch);
      const counts = new Set<number>();
      let removed = 0;
      for (let step = 0; step < 200; step++) {
        const result = await trainStep(
          network,
          variables,
          optimizer,
          reader.window(step % reader.windows),
          state,
          shape,
        );
        state = result.state;
        counts.add(memory().numTensors);
        if (step % 20 === 19) {
          const smaller = await compact({ variables, optimizer, layout });
          removed += Object.values(smaller.removed).flat().length;
          ({ variables, layout } = smaller);
          dispose({ ...state });
          state = network.net.zeroState(variables, shape.batch);
        }
      }
      expect([...counts]).toHaveLength(1);
      expect(removed).toBeGreaterThan(0);
      const left = recurrentDims(begun.layout).map((dim) => layout.dims[dim]!);
      expect(left.reduce((a, b) => a + b)).toBe(19 - removed);
      optimizer.dispose();
      dispose([...Object.values(variables), ...Object.values(state)]);
    });

    test('with lambda 0 is the dense training bit for bit', async () => {
      const { layout, network, weights } = start(cell);
      const reader = batchReader(text, shape.batch, shape.steps);

      const hooked = weightVariables(weights);
      const optimizer = groupLasso(optimizers.sgd(0.5), issGroups(layout), {
        lambda: 0,
        threshold: 1e-2,
        clipNorm: 5,
      });
      let state = network.net.zeroState(hooked, shape.batch);
      for (let step = 0; step < 30; step++) {
        ({ state } = await trainStep(
          network,
          hooked,
          optimizer,
          reader.window(step),
          state,
          shape,
        ));
      }
      const withHook = readVariables(hooked);
      optimizer.dispose();
      dispose([...Object.values(hooked), ...Object.values(state)]);

      // The same by hand, without any package of the hook: gradients, clip by the global norm, w - 0.5 g.
      const dense = weightVariables(weights);
      const sgd = optimizers.sgd(0.5);
      let carried = network.net.zeroState(dense, shape.batch);
      for (let step = 0; step < 30; step++) {
        const { inputs, targets } = reader.window(step);
        const before = carried;
        tidy(() => {
          const words = tensor2d(inputs, [shape.batch, shape.steps], 'int32');
          const { grads } = sgd.computeGradients(() => {
            const result = network.forward(dense, words, before);
            carried = keepState(result.state);
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
        dispose({ ...before });
      }
      expect(withHook).toEqual(readVariables(dense));
      sgd.dispose();
      dispose([...Object.values(dense), ...Object.values(carried)]);
    });
  });
});
