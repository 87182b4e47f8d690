import { join } from 'node:path';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { resetAfterGru } from '@secateur/cells/layers';
import {
  countMacs,
  countParameters,
  groupSize,
  issGroups,
  layersModelLayout,
  layoutShapes,
  layoutToJson,
  type LayersModelLike,
} from '@secateur/groups';
import { describeBackend } from '@secateur/testing';
import { testFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';
import { loadLayersModel, saveLayersModel } from '@secateur/pruner/node';
import { pruneLayersModel } from '@secateur/pruner/tfjs';
import {
  clearRows,
  disposeModel,
  expectSame,
  gap,
  randomize,
  sequences,
  setWeights,
  weightsOf,
} from './layers-model.ts';

const quick = { recurrentInitializer: 'glorotUniform', returnSequences: true } as const;
const layoutOf = (model: LayersModel) => layersModelLayout(model as unknown as LayersModelLike);

/** A plain one, one that goes step by step, and one in both directions. */
function stack(): LayersModel {
  return sequential({
    layers: [
      resetAfterGru({ units: 5, ...quick, inputShape: [4, 2], name: 'first' }),
      resetAfterGru({ units: 3, ...quick, recurrentActivation: 'hardSigmoid', name: 'second' }),
      layers.bidirectional({
        layer: resetAfterGru({ units: 4, ...quick, name: 'own' }) as never,
        mergeMode: 'concat',
        name: 'both',
      }),
      layers.dense({ units: 2, name: 'head' }),
    ],
  });
}

describeBackend('models with a GRU that resets after the recurrent product', () => {
  test('have a layout with two biases over each other, which no penalty reaches', () => {
    const model = stack();
    const layout = layoutOf(model);
    const { weights } = layoutToJson(layout);
    const [kernel, recurrent, bias] = model.weights.map(({ name }) => weights[name]);
    expect([kernel, recurrent, bias]).toEqual([
      '2 -> 3*first',
      'first -> 3*first',
      '-> 2, 3*first [unpenalized]',
    ]);
    expect(countParameters(layout)).toBe(model.countParams());
    // Kernel and recurrent weights of 5, 3 and twice 4 units, and the head; biases cost none.
    const gru = (input: number, units: number): number => 3 * units * (input + units);
    expect(countMacs(layout)).toBe(gru(2, 5) + gru(5, 3) + 2 * gru(3, 4) + 8 * 2);
    // Three columns of kernel and recurrent, a row of recurrent, a row of the next kernel.
    const [set] = issGroups(layout);
    expect(groupSize(set!, layoutShapes(layout))).toBe(3 * 2 + 3 * 5 + 15 + 9);
    disposeModel(model);
  });

  test('shrink exactly, with biases on what is dead', async () => {
    const model = stack();
    randomize(model, 31);
    const weights = weightsOf(model);
    clearRows(weights, 'first/recurrent', [0, 2, 3]);
    clearRows(weights, 'second/kernel', [0, 2, 3]);
    clearRows(weights, 'second/recurrent', [1]);
    for (const direction of ['forward', 'backward']) {
      clearRows(weights, `both/${direction}_own/kernel`, [1]);
      clearRows(weights, `both/${direction}_own/recurrent`, [3]);
    }
    clearRows(weights, 'head/kernel', [3, 7]);
    setWeights(model, weights);
    const { model: small, kept, exact } = pruneLayersModel(model);
    expect(kept).toEqual({
      first: [1, 4],
      second: [0, 2],
      'both/forward': [0, 1, 2],
      'both/backward': [0, 1, 2],
    });
    expect(exact).toBe(true);
    expect(small.weights.slice(0, 3).map(({ shape }) => shape)).toEqual([
      [2, 6],
      [2, 6],
      [2, 6],
    ]);
    await expectSame(model, small, sequences(2));
  });

  test('are written to files and read again', async () => {
    const model = stack();
    randomize(model, 32);
    const directory = join(testFolder(), 'model');
    await saveLayersModel(model, directory);
    const loaded = await loadLayersModel(directory);
    const x = sequences(2);
    expect(await gap(model, loaded, x)).toBe(0);
    x.dispose();
    disposeModel(model, loaded);
  });
});
