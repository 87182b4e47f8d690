import { tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { networkOf, weightTensors } from '@secateur/cells';
import type { LayerDescription } from '@secateur/groups';
import {
  decodeOnnx,
  encodeOnnx,
  fromOnnx,
  onnxGraph,
  onnxModel,
  type FromOnnx,
  type OnnxAttribute,
  type OnnxGraph,
} from '@secateur/onnx';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { floats, ids, runOnnx, type Values } from '../support/run-onnx.ts';

/** A file of somebody else. */
function foreign(build: (graph: OnnxGraph) => void): ReturnType<typeof decodeOnnx> {
  const graph = onnxGraph();
  build(graph);
  const model = onnxModel(graph);
  model.producerName = 'somebody';
  return decodeOnnx(encodeOnnx(model));
}

const weight = (graph: OnnxGraph, name: string, shape: readonly number[]): string =>
  graph.constant(name, floatsOf(shape, name.length + 7 * shape.at(-1)!));
const floatsOf = (shape: readonly number[], seed: number) => {
  const { data } = floats(shape, seed, 0.5);
  return { shape, data };
};

const INT64 = 7;
const BOTH = { hidden_size: 4, direction: 'bidirectional' };

/** What PyTorch writes for an LSTM of two directions with `batch_first`, states from outside, and a linear layer as Gemm. */
function torchLike(graph: OnnxGraph): void {
  const ids32 = graph.input('input', 'int32', ['batch', 'time']);
  const words = graph.node('Cast', [ids32], { attributes: { to: INT64 } });
  const h0 = graph.input('h0', 'float32', [2, 'batch', 4]);
  const c0 = graph.input('c0', 'float32', [2, 'batch', 4]);
  const rows = graph.node('Gather', [weight(graph, 'emb.weight', [9, 3]), words]);
  const x = graph.node('Transpose', [rows], { attributes: { perm: [1, 0, 2] } });
  const half = (from: string, at: number): string =>
    graph.node('Slice', [from, graph.integers(at), graph.integers(at + 2), graph.integers(0)]);
  const states = [half(h0, 0), half(c0, 0)];
  const constants = [
    weight(graph, 'onnx::LSTM_1', [2, 16, 3]),
    weight(graph, 'onnx::LSTM_2', [2, 16, 4]),
    weight(graph, 'onnx::LSTM_3', [2, 32]),
  ];
  const [y, hn] = graph.nodes('LSTM', [x, ...constants, '', ...states], 3, { attributes: BOTH });
  const beside = graph.node('Transpose', [y!], { attributes: { perm: [0, 2, 1, 3] } });
  const wide = graph.node('Reshape', [beside, graph.integers(0, 0, -1)]);
  const batchFirst = graph.node('Transpose', [wide], { attributes: { perm: [1, 0, 2] } });
  const flat = graph.node('Reshape', [batchFirst, graph.integers(-1, 8)]);
  const head = [weight(graph, 'fc.weight', [5, 8]), weight(graph, 'fc.bias', [5])];
  const logits = graph.node('Gemm', [flat, ...head], { attributes: { transB: 1 } });
  const shape = graph.node('Reshape', [logits, graph.integers(3, 6, 5)]);
  graph.output('logits', shape, 'float32', ['batch', 'time', 5]);
  graph.output('hn', hn!, 'float32', [2, 'batch', 4]);
}

/** Time first, a GRU without biases and with zeros as its states, an RNN, two dense layers. */
function plain(graph: OnnxGraph): void {
  const x = graph.input('x', 'float32', ['time', 'batch', 3]);
  const zeros = graph.constant('zeros', { shape: [1, 3, 4], data: new Float32Array(12) });
  const gru = [weight(graph, 'a', [1, 12, 3]), weight(graph, 'b', [1, 12, 4]), '', '', zeros];
  const [y] = graph.nodes('GRU', [x, ...gru], 1, { attributes: { hidden_size: 4 } });
  const one = graph.node('Squeeze', [y!, graph.integers(-3)]);
  const rnn = [weight(graph, 'c', [1, 2, 4]), weight(graph, 'd', [1, 2, 2])];
  const [z] = graph.nodes('RNN', [one, ...rnn], 1, { attributes: { hidden_size: 2 } });
  const two = graph.node('Reshape', [z!, graph.integers(-1, 3, 2)]);
  const dense = graph.node('MatMul', [two, weight(graph, 'e', [2, 6])]);
  const same = graph.node('Dropout', [dense]);
  const sum = graph.node('Add', [weight(graph, 'f', [1, 6]), same]);
  graph.output('out', graph.node('MatMul', [sum, weight(graph, 'g', [6, 2])]), 'float32', [
    ...['time', 'batch', 2],
  ]);
}

/** What our network gives, as `[batch, time, width]` or time first as the file has it. */
function ours({ layers, weights, input, output }: FromOnnx, x: Values): number[] {
  return tidy(() => {
    const type = x.data instanceof Float32Array ? 'float32' : 'int32';
    const given = tensor(x.data, [...x.dims], type);
    const turned = input.timeFirst ? transpose(given, [1, 0, 2]) : given;
    const { outputs } = networkOf(layers).apply(weightTensors(weights), turned);
    const y = output.timeFirst ? transpose(outputs, [1, 0, 2]) : outputs;
    return [...y.dataSync()];
  });
}

const kinds = (layers: readonly LayerDescription[]): string[] =>
  layers.map((layer) => `${layer.kind} ${layer.name}`);

describeBackend('fromOnnx of files of others', () => {
  test('directions, states from outside, Gemm between two Reshapes', async () => {
    const model = foreign(torchLike);
    const found = fromOnnx(model);
    expect(kinds(found.layers)).toEqual([
      'embedding embedding',
      'bidirectional lstm1/fw and lstm1/bw',
      'dense dense1',
    ]);
    expect(found.layout.dims).toEqual({
      ...{ vocab: 9, embed: 3, 'dense1.out': 5 },
      ...{ 'lstm1/fw.units': 4, 'lstm1/bw.units': 4 },
    });
    const words = ids([3, 6], 9);
    const state = floats([2, 3, 4], 1, 0);
    const feeds = { input: words, h0: state, c0: state };
    const [theirs] = await runOnnx('onnxruntime-node', model, feeds);
    expectAllClose(ours(found, words), theirs!['logits']!.data, { atol: 1e-5, rtol: 0 });
  });

  test('time first, no biases, zeros as states, dense layers one after the other', async () => {
    const model = foreign(plain);
    const found = fromOnnx(model);
    expect(found.input).toEqual({ name: 'x', timeFirst: true });
    expect(found.output).toEqual({ name: 'out', timeFirst: true });
    expect(kinds(found.layers)).toEqual([
      'recurrent gru1',
      'recurrent rnn1',
      'dense dense1',
      'dense dense2',
    ]);
    const x = floats([5, 3, 3], 2);
    const [theirs] = await runOnnx('onnxruntime-node', model, { x });
    expectAllClose(ours(found, x), theirs!['out']!.data, { atol: 1e-5, rtol: 0 });
  });
});

describe('fromOnnx says which node it does not understand', () => {
  /** A recurrent node with one thing changed. */
  const lstm =
    (
      attributes: Readonly<Record<string, OnnxAttribute>>,
      after?: (graph: OnnxGraph, y: string, hn: string, x: string) => string,
      more: (graph: OnnxGraph) => string[] = () => [],
    ) =>
    (graph: OnnxGraph): void => {
      const x = graph.input('x', 'float32', ['time', 'batch', 3]);
      const weights = [weight(graph, 'w', [1, 16, 3]), weight(graph, 'r', [1, 16, 4])];
      const [y, hn] = graph.nodes('LSTM', [x, ...weights, ...more(graph)], 2, {
        name: 'rnn',
        attributes: { hidden_size: 4, ...attributes },
      });
      const out = after?.(graph, y!, hn!, x) ?? graph.node('Squeeze', [y!, graph.integers(1)]);
      graph.output('y', out, 'float32', ['time', 'batch', 4]);
    };
  const squeeze = (graph: OnnxGraph, y: string): string =>
    graph.node('Squeeze', [y, graph.integers(1)]);

  test.each([
    [
      'another operator',
      lstm({}, (g, y) => g.node('Softplus', [squeeze(g, y)])),
      /Softplus "softplus"/,
    ],
    [
      'a softmax over the batch',
      lstm({}, (g, y) => g.node('Softmax', [squeeze(g, y)], { attributes: { axis: 1 } })),
      /Softmax "softmax": expected a softmax over the features/,
    ],
    [
      'a layer after a softmax',
      lstm({}, (g, y) =>
        g.node('MatMul', [g.node('Softmax', [squeeze(g, y)]), weight(g, 'm', [4, 4])]),
      ),
      /MatMul "matmul": expected nothing after a softmax/,
    ],
    ['clip', lstm({ clip: { float: 3 } }), /LSTM "rnn": expected no clip, found 3/],
    ['layout', lstm({ layout: 1 }), /LSTM "rnn": expected layout 0, found 1/],
    ['coupled gates', lstm({ input_forget: 1 }), /expected input_forget 0, found 1/],
    [
      'activations',
      lstm({ activations: ['Sigmoid', 'Relu', 'Tanh'] }),
      /LSTM "rnn": expected the activations Sigmoid,Tanh,Tanh, found Sigmoid,Relu,Tanh/,
    ],
    ['a lone reverse layer', lstm({ direction: 'reverse' }), /expected a forward layer beside/],
    ['a direction of no kind', lstm({ direction: 'up' }), /expected a direction of .*, found up/],
    [
      'the last state',
      lstm({}, (g, _, hn) => g.node('Relu', [g.node('Squeeze', [hn, g.integers(0)])])),
      /Relu "relu"/,
    ],
    [
      'another step than the last',
      lstm({}, (g, y) => g.node('Gather', [squeeze(g, y), g.place(0)])),
      /Gather "gather": expected rows of a constant table, or the last step/,
    ],
    [
      'the last state of both directions',
      lstm({ direction: 'reverse' }, (g, _, hn) => g.node('Softplus', [hn])),
      /Softplus "softplus"/,
    ],
    [
      'a bias that is computed',
      lstm({}, undefined, (g) => [g.node('Relu', [weight(g, 'b', [1, 32])])]),
      /LSTM "rnn": expected float32 constants as its weights, found "relu"/,
    ],
    [
      'a bias of another size',
      lstm({}, undefined, (g) => [weight(g, 'b', [1, 16])]),
      /LSTM "rnn": expected B of shape \[1, 32\], found \[1, 16\]/,
    ],
    [
      'states that are no zeros',
      lstm({}, undefined, (g) => ['', '', weight(g, 'h', [1, 2, 4])]),
      /LSTM "rnn": expected states that are inputs or zeros at the beginning, found "h"/,
    ],
    [
      'one weight twice',
      lstm({}, (g, y) => {
        const w = [weight(g, 'w2', [1, 16, 4]), weight(g, 'r', [1, 16, 4])];
        const attributes = { hidden_size: 4 };
        const [z] = g.nodes('LSTM', [squeeze(g, y), ...w], 1, { name: 'two', attributes });
        return squeeze(g, z!);
      }),
      /LSTM "two": expected weights of its own, found those of LSTM "rnn" \("r"\)/,
    ],
    [
      'steps that are mixed',
      lstm({}, (g, y) => g.node('Reshape', [squeeze(g, y), g.integers(-1, 2, 8)])),
      /Reshape "reshape": expected a shape that keeps the features of each step together/,
    ],
    [
      'a dropped axis of another direction',
      lstm({}, (g, y) => g.node('Reshape', [y, g.integers(0, 0, -1)])),
      /Reshape "reshape"/,
    ],
  ])('%s', (_, build, message) => {
    const model = foreign(build);
    expect(() => fromOnnx(model)).toThrow(message);
    expect(() => fromOnnx(model)).toThrow(
      expect.objectContaining({ name: 'OnnxError', code: 'model' }),
    );
  });

  test('cycles, and graphs without an input', () => {
    const model = foreign(lstm({}));
    const [node] = model.graph!.node;
    node!.input[0] = 'y';
    expect(() => fromOnnx(model)).toThrow(/expected a graph without cycles, found "y" in one/);
    node!.input[0] = 'nowhere';
    expect(() => fromOnnx(model)).toThrow(/found "nowhere" that is none/);
    model.graph!.output = [];
    expect(() => fromOnnx(model)).toThrow(/expected one output beside the states .* found none/);
  });
});
