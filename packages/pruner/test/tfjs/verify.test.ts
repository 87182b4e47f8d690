import { add, memory, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional, type LayersModel } from '@tensorflow/tfjs-layers';
import { PrunerError } from '@secateur/pruner';
import { pruneLayersModel, verify } from '@secateur/pruner/tfjs';
import { describeBackend } from '@secateur/testing';
import { expect, test } from 'vitest';
import {
  clearRows,
  disposeModel,
  lstm,
  randomize,
  sequences,
  setWeights,
  weightsOf,
} from './layers-model.ts';

/** Two sequences in, two answers out, of 3 and 2 units; dead units in the LSTM that both answers read. */
function twoByTwo(): LayersModel {
  const [a, b] = [input({ shape: [4, 2] }), input({ shape: [4, 3] })];
  const joined = layers.concatenate().apply([a, b]);
  const state = lstm(4, { name: 'rnn', returnSequences: false }).apply(joined);
  const model = functional({
    inputs: [a, b],
    outputs: ['start', 'end'].map(
      (name, i) => layers.dense({ units: 3 - i, name }).apply(state) as typeof a,
    ),
  });
  randomize(model, 5);
  const weights = weightsOf(model);
  for (const name of ['rnn/recurrent', 'start/kernel', 'end/kernel']) {
    clearRows(weights, name, [1, 3]);
  }
  setWeights(model, weights);
  return model;
}

const one = (...values: number[]): Tensor => tensor(values);

describeBackend('verify', () => {
  test('compares all outputs of a model of several inputs and outputs', async () => {
    const model = twoByTwo();
    const { model: small, kept } = pruneLayersModel(model);
    expect(kept).toEqual({ rnn: [0, 2] });
    const inputs = [sequences(2), sequences(3)];
    const run = (whole: LayersModel) => () => whole.predict(inputs);
    const same = await verify(run(model), run(small));
    expect(same.values).toBe(2 * 3 + 2 * 2);
    expect(same.maxAbsDifference).toBeLessThan(1e-6);

    // Another bias of either output shows by its size.
    for (const [at, name] of ['start', 'end'].entries()) {
      const layer = small.getLayer(name);
      const [kernel, bias] = layer.getWeights();
      const moved = add(bias!, at + 1);
      layer.setWeights([kernel!, moved]);
      const { maxAbsDifference } = await verify(run(model), run(small));
      expect(maxAbsDifference).toBeCloseTo(at + 1, 5);
      moved.dispose();
    }
    inputs.forEach((x) => x.dispose());
    disposeModel(model, small);
  });

  test('takes outputs by name, in any order, and waits for them', async () => {
    const before = () => Promise.resolve({ logits: one(1, 2), state: one(5) });
    const after = () => ({ state: one(5.5), logits: one(1, 2.25) });
    expect(await verify(before, after)).toEqual({ maxAbsDifference: 0.5, values: 3 });
  });

  test('tells whole numbers apart that single precision cannot', async () => {
    const whole = (value: number) => () => tensor([value], [1], 'int32');
    const { maxAbsDifference } = await verify(whole(2 ** 24), whole(2 ** 24 + 1));
    expect(maxAbsDifference).toBe(1);
  });

  test('says NaN when any output holds one', async () => {
    const { maxAbsDifference } = await verify(
      () => [one(NaN), one(1)],
      () => [one(1), one(3)],
    );
    expect(maxAbsDifference).toBeNaN();
  });

  test.each<[string, () => Tensor[] | Record<string, Tensor>, string]>([
    [
      'fewer outputs',
      () => [one(1, 2)],
      'verify: expected the same outputs from both networks, at least one, found 0, 1 before and 0 after; return all outputs of each',
    ],
    [
      'outputs of other names',
      () => ({ start: one(1, 2), end: one(1) }),
      'found 0, 1 before and start, end after',
    ],
    [
      'an output of another shape',
      () => [one(1, 2), tensor([[1]])],
      'verify: expected output 1 of shape [1] as before, found [1, 1] after; run both networks on the same input.',
    ],
  ])('refuses %s, and keeps no tensor', async (_, after, message) => {
    const { numTensors } = memory();
    const failed = verify(() => [one(1, 2), one(1)], after);
    await expect(failed).rejects.toThrow(PrunerError);
    await expect(failed).rejects.toThrow(message);
    expect(memory().numTensors).toBe(numTensors);
  });

  test('refuses networks without outputs', async () => {
    await expect(
      verify(
        () => [],
        () => [],
      ),
    ).rejects.toThrow('at least one, found none before and none after');
  });
});
