import { train } from '@tensorflow/tfjs-core';
import { issGroups } from '@secateur/groups';
import { groupLasso, type GroupLassoOptions } from '@secateur/lasso';
import { startAny, type AnyBackend } from '../backend.ts';
import type { ModelName } from '../options.ts';
import type { Job, Prepared } from '../process/job.ts';
import { residentKib } from '../process/memory.ts';
import { createTraining, languageModels, randomWindow, trainStep } from './language-model.ts';

/** What can be added to a step, in the order of the tables. */
export const PARTS = ['penalty', 'budget', 'teacher'] as const;

/** See {@link PARTS}. */
export type Part = (typeof PARTS)[number];

/** What the job is told. */
export interface StepsInput {
  readonly model: ModelName;
  readonly backend: AnyBackend;
  /** Steps of a round, each way. */
  readonly steps: number;
  /** Trains without and with it; without one there is one way, called `step`. */
  readonly part?: Part;
}

/** The paper's for the large model; what they are does not change what a step costs. */
const paper = { lambda: 0.00245, threshold: 1e-4 };

/** No component goes while it is timed. */
const FAR = 1e9;

/**
 * Makes a language model ready for training; a round is some steps of it. With a part, it is some steps with it and some without, in
 * the other order every second round, on the same weights. A teacher has the sizes of the student.
 */
export async function prepare(input: StepsInput, { threads }: Job): Promise<Prepared> {
  const { part, steps, backend } = input;
  const facts = await startAny(backend, threads);
  const startKib = residentKib();
  const model = languageModels[input.model];
  const training = createTraining(model, 1);
  const { layout } = training;
  const optimizerOf = (penalty: GroupLassoOptions) =>
    groupLasso(train.sgd(1), issGroups(layout), { ...penalty, clipNorm: model.clip });
  const without = { optimizer: optimizerOf({ lambda: 0 }) };
  const added: Record<Part, GroupLassoOptions> = {
    penalty: paper,
    budget: { budget: { layout, macs: 0.4, by: FAR } },
    teacher: { lambda: 0 },
  };
  const teacher = part === 'teacher' && { teacher: createTraining(model, 2, 'teacher/') };
  const ways = Object.entries(
    part === undefined
      ? { step: without }
      : { without, with: { optimizer: optimizerOf(added[part]), ...teacher } },
  );
  let { state } = training;
  let step = 0;
  let firstLoss = NaN;
  let round = 0;
  return {
    facts: { ...facts, startKib },
    async round() {
      const times: Record<string, number> = {};
      for (const [name, { optimizer, ...more }] of round++ % 2 === 0 ? ways : ways.toReversed()) {
        const start = performance.now();
        for (let i = 0; i < steps; i++) {
          const window = randomWindow(model, step);
          const options = { seed: step, ...more };
          const result = await trainStep(model, { ...training, state }, optimizer, window, options);
          if (step === 0) firstLoss = result.loss;
          ({ state } = result);
          step++;
        }
        times[name] = (performance.now() - start) / steps;
      }
      return times;
    },
    after: () => ({ firstLoss }),
  };
}
