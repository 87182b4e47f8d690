import {
  dispose,
  mean,
  memory,
  tensor1d,
  tensor2d,
  tensor3d,
  tidy,
  train,
  variableGrads,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  denseLayer,
  dropoutLayer,
  embeddingLayer,
  lstmLayer,
  sequence,
  softmaxCrossEntropy,
  weightTensors,
  weightVariables,
} from '@secateur/cells';
import { describeBackend, expectAllClose, softmaxCrossEntropyReference } from '@secateur/testing';
import { expect, test } from 'vitest';

const vocab = 5;
const ids = [0, 3, 1, 4, 2, 2];
const labels = [3, 1, 0, 2, 2, 4];

/** A language model of two layers whose sizes may be zero. */
function network(embed: number, h1: number, h2: number) {
  const net = sequence(
    embeddingLayer('embedding', { vocab: 'vocab', width: 'embed' }),
    dropoutLayer(0.5),
    lstmLayer('lstm1', { input: 'embed', units: 'h1' }),
    lstmLayer('lstm2', { input: 'h1', units: 'h2' }),
    denseLayer('out', { input: 'h2', output: 'vocab' }),
  );
  const variables = weightVariables(net.init({ vocab, embed, h1, h2 }, 5));
  return {
    variables,
    logits: (): Tensor => {
      const words = tensor2d(ids, [2, 3], 'int32');
      return net.apply(variables, words, { training: { seed: 3 } }).outputs;
    },
    dispose: () => {
      dispose(variables);
    },
  };
}

type Network = ReturnType<typeof network>;

const loss = (net: Network): Scalar =>
  mean(softmaxCrossEntropy(net.logits(), tensor2d(labels, [2, 3], 'int32'))) as Scalar;

describeBackend('layers of which nothing is left', () => {
  test.each([
    ['the first', 3, 0, 2],
    ['the second', 3, 2, 0],
    ['both', 3, 0, 0],
    ['the embedding', 0, 2, 2],
  ])('%s: gradients have the shapes of the weights', (_, embed, h1, h2) => {
    const net = network(embed, h1, h2);
    const variables = Object.values(net.variables);
    tidy(() => {
      const { grads } = variableGrads(() => loss(net), variables);
      for (const { name, shape } of variables) {
        expect(grads[name]!.shape, name).toEqual(shape);
        expect(grads[name]!.dataSync().every(Number.isFinite), name).toBe(true);
      }
      // Nothing that feeds an empty layer can change the loss.
      if (h1 === 0) expectAllClose(grads['embedding']!, new Float32Array(vocab * embed));
    });
    net.dispose();
  });

  test('an empty last layer leaves the bias of the output, whose gradient is that of softmax', () => {
    const net = network(3, 2, 0);
    const bias = net.variables['out/bias']!;
    tidy(() => {
      bias.assign(tensor1d([0.5, -1, 2, 0, 1]));
      const row = [0.5, -1, 2, 0, 1];
      expectAllClose(net.logits(), [row, row, row, row, row, row]);
      const repeated = ids.flatMap(() => row);
      const each = softmaxCrossEntropyReference(repeated, labels);
      expectAllClose(loss(net), each.reduce((a, b) => a + b, 0) / 6);
      const { grads } = variableGrads(() => loss(net), Object.values(net.variables));
      const total = row.reduce((sum, l) => sum + Math.exp(l), 0);
      const expected = row.map(
        (l, j) => Math.exp(l) / total - labels.filter((k) => k === j).length / 6,
      );
      expectAllClose(grads['out/bias']!, expected, { atol: 1e-6 });
    });
    net.dispose();
  });

  test('trains what is left, without keeping a tensor', () => {
    const net = network(3, 0, 2);
    const optimizers = [train.sgd(0.1), train.adam(0.01)];
    const variables = Object.values(net.variables);
    for (const optimizer of optimizers) {
      const step = (): number =>
        tidy(() => optimizer.minimize(() => loss(net), true, variables)!.dataSync()[0]!);
      const first = step();
      const before = memory().numTensors;
      for (let k = 0; k < 10; k++) step();
      expect(memory().numTensors).toBe(before);
      expect(step()).toBeLessThan(first);
    }
    for (const optimizer of optimizers) optimizer.dispose();
    net.dispose();
  });

  test('keeps a state of no units from one sequence to the next', () => {
    const net = sequence(lstmLayer('empty', { input: 'x', units: 'h' }));
    tidy(() => {
      const weights = weightTensors(net.init({ x: 2, h: 0 }, 1));
      const x = tensor3d([1, 2, 3, 4], [1, 2, 2]);
      const first = net.apply(weights, x);
      expect(first.outputs.shape).toEqual([1, 2, 0]);
      const { state } = net.apply(weights, x, { state: first.state });
      expect(state['empty/c']!.shape).toEqual([1, 0]);
      expect(first.state['empty/h']!.shape).toEqual([1, 0]);
    });
  });
});
