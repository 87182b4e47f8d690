import { dispose, memory, train as optimizers, type Tensor } from '@tensorflow/tfjs-core';
import { arraysOf } from '@secateur/app';
import { weightTensors, weightVariables } from '@secateur/cells';
import { issGroups, type Weights } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import { expand, prune, type Kept } from '@secateur/pruner';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { movingAverage } from '@secateur/training';
import { expect, test } from 'vitest';
import { compactTrainee, type Trainee } from '../src/compaction.ts';
import type { Batch, TextBatch } from '../src/data/batches.ts';
import { initialWeights } from '../src/initial.ts';
import { bidafLayout } from '../src/network/layout.ts';
import { spanLogits, trainStep } from '../src/step.ts';

const decay = 0.5;
const sizes = { word: 2, char: 2, filters: 2 };
const layout = bidafLayout({ words: 5, chars: 5, window: 2, units: 3, sizes });

/** Every direction has lost other units. */
const kept: Kept = {
  'modelling1/fw': [0, 2],
  'modelling1/bw': [1],
  'modelling2/fw': [0, 1, 2],
  'modelling2/bw': [1, 2],
  'output/fw': [2],
  'output/bw': [0, 1],
};

const text = (words: readonly number[], time: number): TextBatch => ({
  words: Int32Array.from(words),
  spelling: Int32Array.from(words, (_, i) => i % 2),
  spellings: Int32Array.of(2, 3, 4, 3, 2, 4),
  ...{ lengths: [time, time - 1], time, count: 2, characters: 3 },
});
const batch: Batch = {
  examples: [],
  context: text([2, 3, 4, 3, 4, 2, 3, 1], 4),
  question: text([4, 2, 3, 1], 2),
  ...{ starts: Int32Array.of(1, 0), ends: Int32Array.of(2, 2) },
};

const dropping = { dropout: 0, charDropout: 0, seed: 1 };
const step = ({ variables, optimizer }: Trainee): Promise<number> =>
  trainStep(variables, optimizer, batch, { fixed: undefined, dropping });
const logits = async (weights: Readonly<Record<string, Tensor>>): Promise<number[]> =>
  (await spanLogits(weights, batch, undefined)).flatMap((values) => [...values]);

/** Weights with zeros in all that belongs to the units that are gone. */
const withZeros = (weights: Weights): Weights =>
  expand(prune(weights, layout, kept).weights, layout, kept);

describeBackend('compaction of a training', () => {
  test('takes the dead out of weights, average, groups and slots, and changes nothing that the network says', async () => {
    const before = memory().numTensors;
    const variables = weightVariables(withZeros(initialWeights(layout, 1)));
    const optimizer = groupLasso(optimizers.adam(0.01), issGroups(layout), { lambda: 0 });
    const average = movingAverage(variables, decay);
    let trainee: Trainee = { variables, layout, optimizer, average, originalIndices: {} };
    await step(trainee);
    // The average still remembers what was there before it died.
    const remembered = weightTensors(initialWeights(layout, 2));
    average.restore(remembered);
    const wanted = prune(await arraysOf(remembered), layout, kept).weights;
    dispose(remembered);

    const said = await logits(variables);
    trainee = await compactTrainee(trainee, decay);
    expect(trainee.originalIndices).toEqual(kept);
    expectAllClose(await logits(trainee.variables), said);
    expect(await arraysOf(trainee.average.values())).toEqual(wanted);
    expect(trainee.optimizer.groups.map(({ name, count }) => [name, count])).toEqual(
      Object.entries(kept).map(([name, left]) => [name, left.length]),
    );

    // Training goes on, and the average follows the smaller variables.
    expect(await step(trainee)).toBeGreaterThan(0);
    trainee.average.update();
    const followed = await arraysOf(trainee.average.values());
    for (const [name, { data }] of Object.entries(await arraysOf(trainee.variables))) {
      const old = wanted[name]!.data;
      expectAllClose(
        followed[name]!.data,
        data.map((value, i) => decay * old[i]! + (1 - decay) * value),
      );
    }
    trainee.average.dispose();
    optimizer.dispose();
    dispose({ ...trainee.variables });
    expect(memory().numTensors).toBe(before);
  });
});
