import { tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { resizeLayout, rhnLanguageModelLayout, type Weights } from '@whittle/groups';
import { PrunerError } from '@whittle/pruner';
import { rhnStepLayersModel } from '@whittle/pruner/tfjs';
import { describeBackend, expectAllClose, rhnReference } from '@whittle/testing';
import { expect, test } from 'vitest';
import { randomWeights } from '../random-network.ts';
import { disposeModel } from './layers-model.ts';

const layout = rhnLanguageModelLayout({ vocab: 6, width: 3, depth: 4 });
const ids = [0, 5, 2, 2, 1, 4];

/** Logits of two sentences of three words in float64. */
function reference(weights: Weights, transformBias: number): number[] {
  const table = weights['embedding']!.data;
  const y = rhnReference({
    ...{ batch: 2, time: 3, input: 3, units: 3, depth: 4, transformBias },
    x: ids.flatMap((id) => [...table.subarray(id * 3, id * 3 + 3)]),
    kernel: weights['rhn/kernel']!.data,
    recurrent: weights['rhn/recurrent']!.data,
    bias: weights['rhn/bias']!.data,
  });
  return ids.flatMap((_, t) =>
    [...weights['softmax/bias']!.data].map((bias, v) =>
      [0, 1, 2].reduce((total, k) => total + y[t * 3 + k]! * table[v * 3 + k]!, bias),
    ),
  );
}

describeBackend('rhnStepLayersModel', () => {
  test.each([0, -2])('computes what a cell with transform bias %d does', async (transformBias) => {
    const weights = randomWeights(layout, 31);
    const model = rhnStepLayersModel(weights, layout, { transformBias });
    const expected = reference(weights, transformBias);
    let state: Tensor = zeros([2, 3]);
    for (let t = 0; t < 3; t++) {
      const word = tensor([ids[t]!, ids[3 + t]!], [2, 1], 'int32');
      const [logits, after] = model.predict([word, state]) as [Tensor, Tensor];
      const row = (sentence: number) => expected.slice((sentence * 3 + t) * 6).slice(0, 6);
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
    const model = rhnStepLayersModel(weights, none);
    const [word, state] = [tensor([3], [1, 1], 'int32'), zeros([1, 1])];
    const [logits, after] = model.predict([word, state]) as [Tensor, Tensor];
    expectAllClose(await logits.data(), weights['softmax/bias']!.data);
    for (const each of [word, state, logits, after]) each.dispose();
    disposeModel(model);
  });

  test('names what does not fit', () => {
    const weights = randomWeights(layout, 33);
    expect(() => rhnStepLayersModel(weights, layout, { transformBias: NaN })).toThrow(PrunerError);
    expect(() => rhnStepLayersModel(weights, resizeLayout(layout, { width: 4 }))).toThrow(
      'rhnStepLayersModel: the layout does not fit the weights',
    );
  });
});
