import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { stackedLstmLayout, type NamedArray, type Weights } from '@secateur/groups';
import { describeBackend, expectAllClose, lstmReference } from '@secateur/testing';
import { expect, test } from 'vitest';
import { stackedLstmLayersModel } from '@secateur/pruner/tfjs';
import { randomWeights } from '../random-network.ts';
import { disposeModel } from './layers-model.ts';

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

describeBackend('stackedLstmLayersModel', () => {
  test.each([
    ['ifgo', 0],
    ['igfo', 1],
    ['iofg', 0.5],
  ])('computes what a cell with gates %s and forget bias %s does', async (gates, forgetBias) => {
    const weights = randomWeights(layout, 21);
    const model = stackedLstmLayersModel(weights, layout, { gates, forgetBias });
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
    const whole = stackedLstmLayersModel(weights, layout);
    const options = { batchInputShape: [2, 1], stateful: true } as const;
    const stepwise = stackedLstmLayersModel(weights, layout, options);
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

  test('uses sigmoid gates and initialisers that cost nothing', () => {
    const model = stackedLstmLayersModel(randomWeights(layout, 23), layout);
    const config = JSON.stringify(model.getConfig());
    expect(config.match(/"recurrentActivation":"sigmoid"/g)).toHaveLength(2);
    expect(config).not.toContain('Orthogonal');
    expect(new Set(config.match(/Initializer":\{"className":"\w+"/g))).toEqual(
      new Set(['Initializer":{"className":"Zeros"']),
    );
    disposeModel(model);
  });

  test('refuses weights of another kind of model', () => {
    const { embedding, ...rest } = randomWeights(layout, 24);
    const { embedding: axes, ...others } = layout.weights;
    expect(embedding && axes).toBeDefined();
    expect(() => stackedLstmLayersModel(rest, { ...layout, weights: others })).toThrow(
      'stackedLstmLayersModel: expected weights named embedding, lstm1/kernel, lstm1/recurrent, lstm1/bias, ..., softmax/kernel, softmax/bias, found lstm1/kernel',
    );
  });

  test('refuses gates that are none and a stateful model without a batch size', () => {
    const weights = randomWeights(layout, 25);
    expect(() => stackedLstmLayersModel(weights, layout, { gates: 'ijfo' })).toThrow(
      'stackedLstmLayersModel: expected a gate order with each of i, f, g and o once, found "ijfo"',
    );
    expect(() => stackedLstmLayersModel(weights, layout, { stateful: true })).toThrow(
      'expected a fixed batch size for a stateful model, found null',
    );
  });
});
