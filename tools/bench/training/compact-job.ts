import { dispose, train, type Variable } from '@tensorflow/tfjs-core';
import { issGroups } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import { compact } from '@secateur/pruner/tfjs';
import { startAny } from '../backend.ts';
import {
  createTraining,
  randomWindow,
  trainStep,
  type LanguageModel,
  type Window,
} from './language-model.ts';
import type { Job, Prepared } from '../process/job.ts';

/** What the `compact` job is told. */
export interface CompactInput {
  readonly model: LanguageModel;
  readonly epochs: number;
  /** Steps of an epoch. */
  readonly windows: number;
  readonly lambda: number;
  /** Whether dead units leave at every epoch's end, or stay to the last. */
  readonly compacting: boolean;
}

/** Makes a training ready; a round is the whole of it, from fresh weights. */
export async function prepare(input: CompactInput, { threads }: Job): Promise<Prepared> {
  const facts = await startAny('ours', threads);
  let last: Record<string, number | string> = {};
  return {
    facts,
    async round() {
      const { times, ...rest } = await trainAll(input);
      last = rest;
      return times;
    },
    after: () => last,
  };
}

/** Trains to the end; the times of all epochs and of the last one, and the units alive after each epoch. */
async function trainAll(input: CompactInput): Promise<{
  readonly times: Record<string, number>;
  readonly alive: string;
  readonly loss: number;
}> {
  const { model, epochs, windows, lambda, compacting } = input;
  const start = performance.now();
  const { net, ...training } = createTraining(model, 1);
  let { layout, state } = training;
  let variables: Readonly<Record<string, Variable>> = training.variables;
  const optimizer = groupLasso(train.sgd(1), issGroups(layout), {
    lambda,
    penalty: 'proximal',
    clipNorm: model.clip,
  });
  const alive: string[] = [];
  let lastEpoch = 0;
  let loss = NaN;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const began = performance.now();
    for (let window = 0; window < windows; window++) {
      const step = epoch * windows + window;
      const words = chainWindow(model, step);
      const result = await trainStep(model, { net, variables, state }, optimizer, words, {
        seed: step,
      });
      ({ loss } = result);
      state = result.state;
    }
    alive.push(Object.values((await optimizer.metrics()).alive).join('+'));
    if (compacting && epoch < epochs - 1) {
      ({ variables, layout } = await compact({ variables, optimizer, layout }));
    }
    dispose(Object.values(state));
    state = net.zeroState(variables, model.batch);
    lastEpoch = performance.now() - began;
  }
  dispose([...Object.values(variables), ...Object.values(state)]);
  optimizer.dispose();
  return {
    times: { 'all epochs': performance.now() - start, 'last epoch': lastEpoch },
    alive: alive.join(' '),
    loss: loss / model.steps,
  };
}

/** Words of a chain that is easy to learn, so that few units are needed: mostly each word has one that follows it. */
const chainWindow = (model: LanguageModel, seed: number): Window =>
  randomWindow(model, seed, (word, draw) =>
    draw(10) < 2 ? draw(model.vocab) : (word * 7 + 3) % model.vocab,
  );
