import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import {
  bidirectionalLayer,
  CellError,
  denseLayer,
  dropoutLayer,
  embeddingLayer,
  gruLayer,
  lstmLayer,
  networkOf,
  rhnLayer,
  sequence,
  weightTensors,
} from '@secateur/cells';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';

const net = sequence(
  embeddingLayer('words', { vocab: 'vocab', width: 'w' }),
  dropoutLayer(0.5),
  lstmLayer('first', { input: 'w', units: 'h1', forgetBias: 1, gates: 'iofg' }),
  bidirectionalLayer(
    gruLayer('there', { input: 'h1', units: 'fw' }),
    gruLayer('back', { input: 'h1', units: 'bw', resetAfter: false }),
  ),
  denseLayer('between', { input: 'fw + bw', output: 'w', bias: false }),
  rhnLayer('deep', { input: 'w', units: 'w', depth: 3, transformBias: -1 }),
  denseLayer('softmax', { input: 'w', output: 'vocab', tiedTo: 'words' }),
);
const dims = { vocab: 7, w: 4, h1: 3, fw: 2, bw: 3 };

describeBackend('networkOf', () => {
  test('makes the network that the descriptions are of', () => {
    const again = networkOf(JSON.parse(JSON.stringify(net.layers)) as typeof net.layers);
    expect(again.layout(dims)).toEqual(net.layout(dims));
    expect(again.states).toEqual(net.states);
    const weights = net.init(dims, 3);
    const [expected, found] = [net, again].map((network) =>
      tidy(() => {
        const x = tensor2d([3, 1, 6, 2, 0, 5], [2, 3], 'int32');
        return network.apply(weightTensors(weights), x).outputs.dataSync();
      }),
    );
    expectAllClose(found!, expected!, { atol: 0, rtol: 0 });
  });
});

test('networkOf refuses a kind that is not known', () => {
  const layer = { kind: 'conv', name: 'c', weights: {} };
  expect(() => networkOf([layer as never])).toThrow(CellError);
  expect(() => networkOf([layer as never])).toThrow(
    'networkOf: expected layers of kind bidirectional, dense, dropout, embedding or recurrent, found "conv"; describe it with those.',
  );
});
