import { memory, tensor } from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  model as functional,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describeBackend } from '@secateur/testing';
import { expect, test } from 'vitest';
import { pruneLayersModel, verify } from '@secateur/pruner/tfjs';
import {
  clearRows,
  disposeModel,
  expectSame,
  gap,
  gru,
  lstm,
  randomize,
  sequences,
  setWeights,
  weightsOf,
} from './layers-model.ts';

/** The shapes of a model's weights, in their order. */
const shapesOf = (model: LayersModel): unknown[] => model.weights.map(({ shape }) => shape);

/** The name of the weight of one direction; rows are cleared by the end of a name. */
function directionOf(model: LayersModel, direction: string): string {
  const names = model.weights.map(({ name }) => name);
  return names.find((name) => name.includes(direction) && name.includes('recurrent'))!;
}

describeBackend('pruneLayersModel of models with GRU', () => {
  test('shrinks GRU and LSTM in one stack, with biases on what is dead, and predicts the same', async () => {
    const model = sequential({
      layers: [
        layers.embedding({ inputDim: 7, outputDim: 3, inputLength: 5, name: 'words' }),
        gru(5, { name: 'first' }),
        layers.dropout({ rate: 0.3 }),
        lstm(3, { name: 'second' }),
        gru(4, { name: 'third', recurrentActivation: 'sigmoid', useBias: false }),
        layers.dense({ units: 7, name: 'logits' }),
      ],
    });
    randomize(model, 21);
    const weights = weightsOf(model);
    clearRows(weights, 'first/recurrent', [0, 2, 3]);
    clearRows(weights, 'second/kernel', [0, 2, 3]);
    clearRows(weights, 'second/recurrent', [1]);
    clearRows(weights, 'third/kernel', [1]);
    clearRows(weights, 'third/recurrent', [3]);
    clearRows(weights, 'logits/kernel', [3]);
    setWeights(model, weights);
    const before = memory().numTensors;
    const { model: small, kept, exact, report, layout } = pruneLayersModel(model);
    expect(memory().numTensors).toBe(before + small.weights.length);
    expect(kept).toEqual({ first: [1, 4], second: [0, 2], third: [0, 1, 2] });
    expect(exact).toBe(true);
    expect(shapesOf(small)).toEqual([
      [7, 3],
      [3, 6],
      [2, 6],
      [6],
      [2, 8],
      [2, 8],
      [8],
      [2, 9],
      [3, 9],
      [3, 7],
      [7],
    ]);
    expect(report.sizes['first']).toEqual({ before: 5, after: 2, ratio: 2.5 });
    expect(Object.keys(layout.weights)).toEqual(small.weights.map(({ name }) => name));
    const x = tensor([0, 1, 2, 3, 4, 6, 5, 4, 3, 2], [2, 5], 'int32');
    expect(await gap(model, small, x)).toBeLessThan(1e-6);
    expect(weightsOf(model)).toEqual(weights);
    x.dispose();
    disposeModel(model, small);
  });

  test('keeps the larger direction of a bidirectional GRU and pads the other', async () => {
    const model = sequential({
      layers: [
        layers.bidirectional({
          layer: gru(4),
          mergeMode: 'concat',
          inputShape: [4, 2],
          name: 'both',
        }),
        gru(3, { name: 'after', returnSequences: false }),
        layers.dense({ units: 3, name: 'head' }),
      ],
    });
    randomize(model, 22);
    const weights = weightsOf(model);
    clearRows(weights, directionOf(model, 'forward'), [0, 1, 3]);
    clearRows(weights, directionOf(model, 'backward'), [1]);
    // Rows 0 to 3 of the next layer read the forward direction, 4 to 7 the backward one.
    clearRows(weights, 'after/kernel', [0, 1, 3, 5]);
    setWeights(model, weights);
    const { model: small, kept, report } = pruneLayersModel(model);
    // Unit 2 is alive, two of the three dead ones come with it.
    expect(kept).toEqual({
      'both/forward': expect.arrayContaining([2]) as number[],
      'both/backward': [0, 2, 3],
      after: [0, 1, 2],
    });
    expect(kept['both/forward']).toHaveLength(3);
    expect(report.notes).toEqual([
      'both: "both/forward" needs 1 units, but a stock Bidirectional layer has one size for both directions, so it keeps 2 dead units and has 3',
    ]);
    expect(shapesOf(small).slice(0, 3)).toEqual([[2, 9], [3, 9], [9]]);
    await expectSame(model, small, sequences(2));
  });

  test('shrinks a GRU that two branches share, and the branches with it', async () => {
    const x = input({ shape: [4, 2] });
    const a = gru(4, { name: 'left' }).apply(x) as SymbolicTensor;
    const b = lstm(4, { name: 'right' }).apply(x) as SymbolicTensor;
    const shared = gru(3, { name: 'shared', returnSequences: false });
    const joined = layers
      .concatenate()
      .apply([shared.apply(a), shared.apply(b)] as SymbolicTensor[]) as SymbolicTensor;
    const output = layers.dense({ units: 2, name: 'answer' }).apply(joined) as SymbolicTensor;
    const model = functional({ inputs: x, outputs: output });
    randomize(model, 23);
    const weights = weightsOf(model);
    // What one shared layer reads is one dimension, whichever layer writes it.
    clearRows(weights, 'left/recurrent', [2]);
    clearRows(weights, 'right/recurrent', [2]);
    clearRows(weights, 'shared/kernel', [2]);
    clearRows(weights, 'shared/recurrent', [0]);
    clearRows(weights, 'answer/kernel', [0, 3]);
    setWeights(model, weights);
    const { model: small, kept } = pruneLayersModel(model);
    expect(kept).toEqual({ left: [0, 1, 3], shared: [1, 2] });
    await expectSame(model, small, sequences(2));
  });

  test('shrinks encoder and decoder of a GRU that hands on its state', async () => {
    const x = input({ shape: [4, 2] });
    const z = input({ shape: [4, 3] });
    const encoder = gru(4, { name: 'encoder', returnState: true });
    const [, state] = encoder.apply(x) as SymbolicTensor[];
    const decoder = gru(4, { name: 'decoder' });
    const y = decoder.apply(z, { initialState: [state!] }) as SymbolicTensor;
    const output = layers.dense({ units: 2, name: 'answer' }).apply(y) as SymbolicTensor;
    const model = functional({ inputs: [x, z], outputs: output });
    randomize(model, 24);
    const weights = weightsOf(model);
    clearRows(weights, 'encoder/recurrent', [1, 3]);
    clearRows(weights, 'decoder/recurrent', [1, 3]);
    clearRows(weights, 'answer/kernel', [1, 3]);
    setWeights(model, weights);
    const { model: small, kept } = pruneLayersModel(model);
    expect(kept).toEqual({ encoder: [0, 2] });
    expect(small.getLayer('decoder').weights[0]!.shape).toEqual([3, 6]);
    const inputs = [sequences(2), sequences(3)];
    const run = (whole: LayersModel) => () => whole.predict(inputs);
    const { maxAbsDifference, values } = await verify(run(model), run(small));
    expect(values).toBe(2 * 4 * 2);
    expect(maxAbsDifference).toBeLessThan(1e-6);
    inputs.forEach((tensor) => tensor.dispose());
    disposeModel(model, small);
  });

  test('shrinks a SimpleRNN in front of a GRU inside an inner model', async () => {
    const inner = sequential({
      name: 'inner',
      layers: [
        layers.simpleRNN({
          units: 4,
          name: 'plain',
          inputShape: [4, 2],
          returnSequences: true,
          recurrentInitializer: 'glorotUniform',
        }),
        gru(3, { name: 'gated' }),
      ],
    });
    const model = sequential({ layers: [inner, layers.dense({ units: 2, name: 'answer' })] });
    randomize(model, 25);
    const weights = weightsOf(model);
    clearRows(weights, 'plain/recurrent', [0, 1]);
    clearRows(weights, 'gated/kernel', [0, 1]);
    clearRows(weights, 'gated/recurrent', [2]);
    clearRows(weights, 'answer/kernel', [2]);
    setWeights(model, weights);
    const { model: small, kept } = pruneLayersModel(model);
    expect(kept).toEqual({ plain: [2, 3], gated: [0, 1] });
    expect(shapesOf(small)).toEqual([[2, 2], [2, 2], [2], [2, 6], [2, 6], [6], [2, 2], [2]]);
    await expectSame(model, small, sequences(2));
  });
});
