import { tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { resizeLayout } from '@secateur/groups';
import { PrunerError } from '@secateur/pruner';
import { toLayersModel } from '@secateur/pruner/tfjs';
import { describeBackend, expectAllClose, rhnLanguageModelLayout } from '@secateur/testing';
import { expect, test } from 'vitest';
import { randomWeights } from '../../random-network.ts';
import { rhnLogits } from '../../rhn-network.ts';
import { disposeModel } from '../layers-model.ts';
import { highway } from '../networks.ts';

const layout = rhnLanguageModelLayout({ vocab: 6, width: 3, depth: 4 });
const sentences = [
  [0, 5, 2],
  [2, 1, 4],
];

describeBackend('toLayersModel of a Recurrent Highway Network', () => {
  test.each([0, -2])('computes what a cell with transform bias %d does', async (transformBias) => {
    const weights = randomWeights(layout, 31);
    const model = toLayersModel(highway(transformBias), { weights, layout });
    const expected = rhnLogits(weights, sentences, transformBias);
    let state: Tensor = zeros([2, 3]);
    for (let t = 0; t < 3; t++) {
      const word = tensor(
        sentences.map((words) => words[t]!),
        [2, 1],
        'int32',
      );
      const [logits, after] = model.predict([word, state]) as [Tensor, Tensor];
      const row = (sentence: number) => expected.subarray((sentence * 3 + t) * 6).subarray(0, 6);
      expectAllClose(await logits.data(), [...row(0), ...row(1)], { rtol: 1e-5, atol: 1e-6 });
      for (const each of [word, state, logits]) each.dispose();
      state = after;
    }
    state.dispose();
    disposeModel(model);
  });

  test('a width of nothing keeps one unit of zeros', async () => {
    const none = resizeLayout(layout, { width: 0 });
    const weights = randomWeights(none, 32);
    const model = toLayersModel(highway(), { weights, layout: none });
    const [word, state] = [tensor([3], [1, 1], 'int32'), zeros([1, 1])];
    const [logits, after] = model.predict([word, state]) as [Tensor, Tensor];
    expectAllClose(await logits.data(), weights['softmax/bias']!.data);
    for (const each of [word, state, logits, after]) each.dispose();
    disposeModel(model);
  });

  test('names what does not fit', () => {
    const weights = randomWeights(layout, 33);
    const wide = resizeLayout(layout, { width: 4 });
    expect(() => toLayersModel(highway(), { weights, layout: wide })).toThrow(
      'toLayersModel: the layout does not fit the weights',
    );
    expect(() => toLayersModel(highway(), { weights, layout }, { stateful: true })).toThrow(
      PrunerError,
    );
  });
});
