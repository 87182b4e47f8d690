import { train } from '@tensorflow/tfjs-core';
import { issGroups } from '@secateur/groups';
import { groupLasso, type GroupLassoOptions } from '@secateur/lasso';
import { startOurs } from '../backend.ts';
import { createTraining, languageModels, randomWindow, trainStep } from '../language-model.ts';
import type { ModelName } from '../options.ts';
import type { Job, Prepared } from '../process/job.ts';

/** What is added to a step, in the order of the table. */
export const PARTS = ['penalty', 'budget', 'teacher'] as const;

/** What the `lasso` job is told. */
export interface LassoInput {
  readonly model: ModelName;
  readonly part: (typeof PARTS)[number];
}

/** The paper's for the large model; what they are does not change what a step costs. */
const paper = { lambda: 0.00245, threshold: 1e-4 };

/** Steps of a round, without and with: a budget looks at the norms once in ten. */
const STEPS = { penalty: 1, budget: 10, teacher: 1 };

/** No component goes while it is timed. */
const FAR = 1e9;

/**
 * Makes a language model ready that trains with a part and without; a round is some steps each way, in the other order every
 * second round, on the same weights. The teacher has the sizes of the student.
 */
export async function prepare(
  { model: name, part }: LassoInput,
  { threads }: Job,
): Promise<Prepared> {
  const facts = await startOurs(threads);
  const model = languageModels[name];
  const training = createTraining(model, 1);
  const { layout } = training;
  const teacher = part === 'teacher' ? createTraining(model, 2, 'teacher/') : undefined;
  const optimizerOf = (penalty: GroupLassoOptions) =>
    groupLasso(train.sgd(1), issGroups(layout), { ...penalty, clipNorm: model.clip });
  const added: GroupLassoOptions = {
    penalty: paper,
    budget: { budget: { layout, macs: 0.4, by: FAR } },
    teacher: { lambda: 0 },
  }[part];
  const ways = {
    without: { optimizer: optimizerOf({ lambda: 0 }), with: {} },
    with: { optimizer: optimizerOf(added), with: teacher === undefined ? {} : { teacher } },
  };
  const steps = STEPS[part];
  let { state } = training;
  let step = 0;
  const msOfStep = async (way: keyof typeof ways): Promise<number> => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) {
      const { optimizer, with: more } = ways[way];
      const window = randomWindow(model, step);
      const options = { seed: step, ...more };
      ({ state } = await trainStep(model, { ...training, state }, optimizer, window, options));
      step++;
    }
    return (performance.now() - start) / steps;
  };
  let turn = 0;
  return {
    facts,
    async round() {
      const times: Record<string, number> = {};
      const order = ['without', 'with'] as const;
      for (const way of turn++ % 2 === 0 ? order : order.toReversed())
        times[way] = await msOfStep(way);
      return times;
    },
  };
}
