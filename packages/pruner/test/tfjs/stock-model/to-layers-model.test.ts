import {
  denseLayer,
  dropoutLayer,
  gruLayer,
  recurrentLayer,
  sequence,
  weightTensors,
} from '@secateur/cells';
import { dispose, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { NamedArray, Weights } from '@secateur/groups';
import {
  describeBackend,
  expectAllClose,
  lstmReference,
  stackedLstmLayout,
} from '@secateur/testing';
import { expect, test } from 'vitest';
import { liGruCell, simpleRnnReluCell } from '@secateur/kernels';
import { PrunerError } from '@secateur/pruner';
import { toLayersModel } from '@secateur/pruner/tfjs';
import { randomWeights } from '../../random-network.ts';
import { disposeModel } from '../layers-model.ts';
import { lstms } from '../networks.ts';

const layout = stackedLstmLayout({ vocab: 6, embed: 3, hidden: [4, 2] });
const ids = [0, 5, 2, 2, 1, 4];

/** Logits of two sentences of three words in float64. */
function reference(weights: Weights, gates: string, forgetBias: number): number[] {
  const value = (name: string): NamedArray => weights[name]!;
  const lookup = ids.flatMap((id) => [...value('embedding').data.subarray(id * 3, id * 3 + 3)]);
  const layer = (x: ArrayLike<number>, name: string, input: number, units: number) =>
    lstmReference({
      x,
      kernel: value(`${name}/kernel`).data,
      recurrent: value(`${name}/recurrent`).data,
      bias: value(`${name}/bias`).data,
      batch: 2,
      time: 3,
      input,
      units,
      gates,
      forgetBias,
    }).y;
  const h = layer(layer(lookup, 'lstm1', 3, 4), 'lstm2', 4, 2);
  const { data: kernel } = value('softmax/kernel');
  return ids.flatMap((_, t) =>
    [...value('softmax/bias').data].map(
      (bias, v) => bias + h[t * 2]! * kernel[v]! + h[t * 2 + 1]! * kernel[6 + v]!,
    ),
  );
}

describeBackend('toLayersModel', () => {
  test.each([
    ['ifgo', 0],
    ['igfo', 1],
    ['iofg', 0.5],
  ])('computes what a cell with gates %s and forget bias %s does', async (gates, forgetBias) => {
    const weights = randomWeights(layout, 21);
    const model = toLayersModel(lstms({ gates, forgetBias }), { weights, layout });
    const x = tensor(ids, [2, 3], 'int32');
    const logits = model.predict(x) as Tensor;
    expect(logits.shape).toEqual([2, 3, 6]);
    expectAllClose(await logits.data(), reference(weights, gates, forgetBias), {
      rtol: 1e-5,
      atol: 1e-5,
    });
    x.dispose();
    logits.dispose();
    disposeModel(model);
  });

  test('carries state from batch to batch when stateful', async () => {
    const weights = randomWeights(layout, 22);
    const whole = toLayersModel(lstms(), { weights, layout });
    const options = { batchInputShape: [2, 1], stateful: true } as const;
    const stepwise = toLayersModel(lstms(), { weights, layout }, options);
    const x = tensor(ids, [2, 3], 'int32');
    const expected = whole.predict(x) as Tensor;
    const all = await expected.data();
    for (let t = 0; t < 3; t++) {
      const word = tensor([ids[t]!, ids[3 + t]!], [2, 1], 'int32');
      const logits = stepwise.predict(word) as Tensor;
      const row = (sentence: number) => [
        ...all.slice((sentence * 3 + t) * 6, (sentence * 3 + t + 1) * 6),
      ];
      expectAllClose(await logits.data(), [...row(0), ...row(1)], { rtol: 1e-5, atol: 1e-6 });
      word.dispose();
      logits.dispose();
    }
    for (const layer of stepwise.layers) {
      const { states_: states } = layer as unknown as { states_?: Tensor[] };
      states?.forEach((state) => state.dispose());
    }
    x.dispose();
    expected.dispose();
    disposeModel(whole, stepwise);
  });

  test('uses sigmoid gates and initializers that cost nothing', () => {
    const model = toLayersModel(lstms(), { weights: randomWeights(layout, 23), layout });
    const config = JSON.stringify(model.getConfig());
    expect(config.match(/"recurrentActivation":"sigmoid"/g)).toHaveLength(2);
    expect(config).not.toContain('Orthogonal');
    expect(new Set(config.match(/Initializer":\{"className":"\w+"/g))).toEqual(
      new Set(['Initializer":{"className":"Zeros"']),
    );
    disposeModel(model);
  });

  test('computes what the network does, with other cells and without an embedding', async () => {
    const net = sequence(
      recurrentLayer('rnn', simpleRnnReluCell, { input: 'x', units: 'a' }),
      dropoutLayer(0.5),
      gruLayer('gru', { input: 'a', units: 'b', gates: 'rzn', resetAfter: false }),
      denseLayer('out', { input: 'b', output: 'y', bias: false }),
    );
    const dims = { x: 3, a: 4, b: 5, y: 2 };
    const model = { weights: net.init(dims, 7), layout: net.layout(dims) };
    const stock = toLayersModel(net, model);
    const tensors = weightTensors(model.weights);
    const x = tensor(
      Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
      [2, 4, 3],
    );
    const expected = net.apply(tensors, x);
    const outputs = stock.predict(x) as Tensor;
    expectAllClose(await outputs.data(), await expected.outputs.data(), { rtol: 1e-5, atol: 1e-6 });
    dispose([x, outputs, expected.outputs, ...Object.values(expected.state)]);
    dispose(tensors);
    disposeModel(stock);
  });

  test('refuses weights of another network, and layers that TensorFlow.js does not have', () => {
    const { embedding, ...rest } = randomWeights(layout, 24);
    const { embedding: axes, ...others } = layout.weights;
    expect(embedding && axes).toBeDefined();
    const without = { weights: rest, layout: { ...layout, weights: others } };
    expect(() => toLayersModel(lstms(), without)).toThrow(PrunerError);
    const own = sequence(recurrentLayer('own', liGruCell, { input: 'x', units: 'h' }));
    const dims = { x: 2, h: 3 };
    expect(() =>
      toLayersModel(own, { weights: own.init(dims, 1), layout: own.layout(dims) }),
    ).toThrow(
      'toLayersModel: expected layers that TensorFlow.js has, found the cell "li-gru" in "own"; save its weights with writeModelDirectory.',
    );
  });

  test('refuses a stateful model without a batch size', () => {
    const weights = randomWeights(layout, 25);
    expect(() => toLayersModel(lstms(), { weights, layout }, { stateful: true })).toThrow(
      'expected a fixed batch size for a stateful model, found null',
    );
  });
});
