import { train } from '@tensorflow/tfjs-core';
import { issGroups } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import { startOurs } from '../backend.ts';
import { createTraining, languageModels, randomWindow, trainStep } from '../language-model.ts';
import type { ModelName } from '../options.ts';
import type { Job, Prepared } from '../process/job.ts';

/** What the `lasso` job is told. */
export interface LassoInput {
  readonly model: ModelName;
}

/** The paper's for the large model; what they are does not change what a step costs. */
const [LAMBDA, THRESHOLD] = [0.00245, 1e-4];

/**
 * Makes a language model ready whose penalty can be switched; a round is one step without it and one with it, in the
 * other order every second round, on the same weights.
 */
export async function prepare({ model: name }: LassoInput, { threads }: Job): Promise<Prepared> {
  const facts = await startOurs(threads);
  const model = languageModels[name];
  const training = createTraining(model, 1);
  let on = false;
  const optimizer = groupLasso(train.sgd(1), issGroups(training.layout), {
    lambda: () => (on ? LAMBDA : 0),
    threshold: () => (on ? THRESHOLD : 0),
    clipNorm: model.clip,
  });
  let { state } = training;
  let step = 0;
  const timeStep = (penalised: boolean): number => {
    on = penalised;
    const window = randomWindow(model, step);
    const start = performance.now();
    ({ state } = trainStep(model, { ...training, state }, optimizer, window, step));
    step++;
    return performance.now() - start;
  };
  let turn = 0;
  return {
    facts,
    round() {
      const times: Record<string, number> = {};
      for (const penalised of turn++ % 2 === 0 ? [false, true] : [true, false]) {
        times[penalised ? 'with' : 'without'] = timeStep(penalised);
      }
      return times;
    },
  };
}
