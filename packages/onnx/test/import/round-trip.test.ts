import { dispose, mean, square, tensor2d, tidy, train, type Scalar } from '@tensorflow/tfjs-core';
import {
  bidirectionalLayer,
  denseLayer,
  embeddingLayer,
  lstmLayer,
  networkOf,
  recurrentLayer,
  sequence,
  weightVariables,
  type Network,
} from '@secateur/cells';
import { issGroups, type Weights } from '@secateur/groups';
import { peepholeLstmCell, simpleRnnCell, simpleRnnReluCell } from '@secateur/kernels';
import { groupLasso } from '@secateur/lasso';
import { decodeOnnx, encodeOnnx, fromOnnx, onnxMetadata, pruneOnnx, toOnnx } from '@secateur/onnx';
import { findRemovable, prune } from '@secateur/pruner';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { cases, feedsOf, ours, statesOf, type Case } from '../support/networks.ts';
import { floats, ids, runOnnx } from '../support/run-onnx.ts';

const rnn = (name: string, input: string) =>
  recurrentLayer(name, simpleRnnReluCell, { input, units: name });
const simple = sequence(
  recurrentLayer('one', simpleRnnCell, { input: 'features', units: 'one' }),
  bidirectionalLayer(rnn('there', 'one'), rnn('back', 'one')),
  recurrentLayer('peep', peepholeLstmCell, { input: 'there + back', units: 'peep' }),
);
const readable: readonly Case[] = [
  ...cases.filter(({ name }) => !name.includes('Highway')),
  {
    ...{ name: 'simple RNNs and peepholes', net: simple, x: floats([3, 5, 6], 4) },
    dims: { features: 6, one: 4, there: 3, back: 2, peep: 5 },
  },
];

/** The same network with biases that are not zeros. */
function weightsOf(net: Network, dims: Case['dims']): Weights {
  return net.init(dims, (name, shape) => {
    const { data } = floats(shape, name.length + shape.length, 0.4);
    return { shape, data };
  });
}

describeBackend('fromOnnx', () => {
  test('a file of ours that was pruned in place does not tell the sizes that it had', () => {
    const net = sequence(
      lstmLayer('lstm', { input: 'features', units: 'h' }),
      denseLayer('out', { input: 'h', output: 'classes' }),
    );
    const dims = { features: 3, h: 4, classes: 2 };
    const weights = weightsOf(net, dims);
    const file = toOnnx(net, { weights, layout: net.layout(dims) });
    const same = decodeOnnx(pruneOnnx(file, { states: 'resize' }).bytes);
    expect(onnxMetadata(same).layout).toEqual(net.layout(dims));
    const half = decodeOnnx(pruneOnnx(file, { macs: 0.5, states: 'resize' }).bytes);
    expect(onnxMetadata(half).layout).toBeUndefined();
    expect(fromOnnx(half).layout.dims).toEqual({ features: 3, 'lstm.units': 2, 'out.out': 2 });
  });

  test.each(readable)('$name come back, and go out byte for byte', ({ net, dims, x }) => {
    const weights = weightsOf(net, dims);
    const layout = net.layout(dims);
    const states = statesOf(net, weights);
    const history = [{ step: 1 }];
    const bytes = encodeOnnx(toOnnx(net, { weights, layout }, { history, outputs: 'logSoftmax' }));
    const found = fromOnnx(decodeOnnx(bytes));
    expect(found.outputs).toBe('logSoftmax');
    expect(found.layout).toEqual(layout);
    expect(found.history).toEqual(history);
    expect(found.input).toEqual({
      name: x.data instanceof Float32Array ? 'x' : 'ids',
      timeFirst: false,
    });
    expect(found.output).toEqual({ name: 'y', timeFirst: false });
    const read = networkOf(found.layers);
    expect(Object.keys(read.states)).toEqual(Object.keys(net.states));
    const [expected, given] = [ours(net, weights, x, states), ours(read, found.weights, x, states)];
    for (const [name, { data }] of Object.entries(expected))
      expectAllClose(given[name]!.data, data, { atol: 1e-6, rtol: 0 });
    const again = toOnnx(found, found, found);
    expect(encodeOnnx(again)).toEqual(bytes);
  });

  test.each(readable)('$name, of which the last step is asked for', async ({ net, dims, x }) => {
    const weights = weightsOf(net, dims);
    const states = statesOf(net, weights);
    const model = toOnnx(net, { weights, layout: net.layout(dims) }, { last: true });
    const found = fromOnnx(model);
    expect(found).toMatchObject({ last: true, outputs: 'logits' });
    expect(encodeOnnx(toOnnx(found, found, found))).toEqual(encodeOnnx(model));
    const { dims: shape, data } = ours(net, weights, x, states)['y']!;
    const [batch, time, width] = shape as [number, number, number];
    const [given] = await runOnnx('onnxruntime-node', model, feedsOf(x, states));
    expect(given!['y']!.dims).toEqual([batch, width]);
    for (let row = 0; row < batch; row++) {
      const from = ((row + 1) * time - 1) * width;
      const wanted = data.slice(from, from + width);
      const one = given!['y']!.data.slice(row * width, (row + 1) * width);
      expectAllClose(one, wanted, { atol: 1e-5, rtol: 0 });
    }
  });

  test('a network trains on with the group Lasso, loses units and goes back', async () => {
    const net = sequence(
      embeddingLayer('words', { vocab: 'vocab', width: 'embed' }),
      lstmLayer('lstm', { input: 'embed', units: 'h' }),
      denseLayer('out', { input: 'h', output: 'classes' }),
    );
    const dims = { vocab: 11, embed: 4, h: 8, classes: 3 };
    const first = toOnnx(net, { weights: weightsOf(net, dims), layout: net.layout(dims) });
    const read = fromOnnx(first);
    const network = networkOf(read.layers);
    const variables = weightVariables(read.weights);
    const optimizer = groupLasso(train.sgd(0.5), issGroups(read.layout), {
      budget: { layout: read.layout, units: { h: 3 }, by: 8 },
    });
    const words = tensor2d([...ids([4, 5], 11).data], [4, 5], 'int32');
    const loss = (): Scalar => mean(square(network.apply(variables, words).outputs));
    const before = tidy(() => loss().dataSync()[0]!);
    for (let step = 0; step < 10; step++) optimizer.minimize(loss, false, Object.values(variables));
    expect(tidy(() => loss().dataSync()[0]!)).toBeLessThan(before);
    const weights: Weights = Object.fromEntries(
      Object.entries(variables).map(([name, each]) => [
        name,
        { shape: each.shape, data: each.dataSync().slice() as Float32Array },
      ]),
    );
    dispose(variables);
    words.dispose();
    optimizer.dispose();

    const { kept } = findRemovable(weights, read.layout);
    const smaller = prune(weights, read.layout, kept);
    expect(smaller.layout.dims['h']).toBe(3);
    const x = ids([3, 5], 11);
    const zero = { 'lstm/h': floats([3, 8], 1, 0), 'lstm/c': floats([3, 8], 1, 0) };
    const cut = { 'lstm/h': floats([3, 3], 1, 0), 'lstm/c': floats([3, 3], 1, 0) };
    const expected = ours(network, weights, x, zero)['y']!;
    const [found] = await runOnnx('onnxruntime-node', toOnnx(read, smaller), feedsOf(x, cut));
    expectAllClose(found!['y']!.data, expected.data, { atol: 1e-5, rtol: 0 });
  });
});

describe('the runtime agrees', () => {
  test.each(readable)('$name, read and written again', async ({ net, dims, x }) => {
    const weights = weightsOf(net, dims);
    const model = toOnnx(net, { weights, layout: net.layout(dims) });
    const read = fromOnnx(model);
    const states = statesOf(net, weights);
    const [one] = await runOnnx('onnxruntime-node', model, feedsOf(x, states));
    const [two] = await runOnnx('onnxruntime-node', toOnnx(read, read), feedsOf(x, states));
    expectAllClose(two!['y']!.data, one!['y']!.data, { atol: 0, rtol: 0 });
  });
});
