// What a step of training has the device do, held to numbers: a software adapter would not show that it became more. How many
// dispatches and passes there are decides how long a small network's step takes on a GPU.
import { train } from '@tensorflow/tfjs-core';
import { issGroups } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import { expect, test } from 'vitest';
import { describeWebgpu, running } from '../../packages/backend-webgpu/test/describe-webgpu.ts';
import { countWork, type Work } from '../../packages/backend-webgpu/test/work.ts';
import { createTraining, randomWindow, trainStep } from '../bench/training/language-model.ts';

/** The work of the third step of a language model of two LSTMs, with a penalty and a clip. */
async function stepOf(counted: () => Work, steps: number, adam: boolean): Promise<Work> {
  const model = {
    ...{ vocab: 60, embed: 40, hidden: [40, 40], batch: 4, steps },
    ...{ dropout: 0, clip: 5, init: 0.1 },
  };
  const training = createTraining(model, 1);
  const rule = adam ? train.adam(0.01) : train.sgd(1);
  const optimizer = groupLasso(rule, issGroups(training.layout), { lambda: 1e-3, clipNorm: 5 });
  let { state } = training;
  let done: Work | undefined;
  for (let step = 0; step < 3; step++) {
    counted();
    const window = randomWindow(model, step);
    const options = { seed: step };
    ({ state } = await trainStep(model, { ...training, state }, optimizer, window, options));
    done = counted();
  }
  optimizer.dispose();
  const rest = [...Object.values(training.variables), ...Object.values(state)];
  for (const each of rest) each.dispose();
  return done!;
}

describeWebgpu('a step of training', () => {
  let counted: (() => Work) | undefined;

  test.each([
    { rule: 'SGD', adam: false, others: 81, lists: 85, passes: 22, copies: 27, buffers: 10 },
    { rule: 'Adam', adam: true, others: 85, lists: 89, passes: 26, copies: 31, buffers: 14 },
  ])('by $rule is as much work as is written here', async (row) => {
    // The methods of the device are wrapped once; where there is no device, no test runs.
    counted ??= countWork(running().device);
    for (const steps of [5, 10]) {
      const found = await stepOf(counted, steps, row.adam);
      // Of each step of each layer one program forward and one back, and one more back before the first.
      const ofSteps = 2 * (2 * steps + 1);
      expect(found).toMatchObject({
        dispatches: row.others + ofSteps,
        // Those of a layer's steps share one list of bindings and one write each way.
        bindGroups: row.lists,
        writes: row.lists,
        pipelines: 0,
        // The loss and nothing else comes back.
        reads: 1,
        read: 4,
      });
      // How many of these there are depends a little on which buffers are free.
      expect(found.passes).toBeLessThanOrEqual(row.passes);
      expect(found.copies).toBeLessThanOrEqual(row.copies);
      expect(found.buffers).toBeLessThanOrEqual(row.buffers);
    }
  });
});
