import { dispose, train as optimizers, type Variable } from '@tensorflow/tfjs-core';
import {
  checkpointWeights,
  isTimeToCompact,
  penaltyOf,
  trainingMonitor,
  type OriginalIndices,
} from '@secateur/app';
import type { TrainOptions } from '@secateur/app/command';
import { foldSeed, type NamedStates, weightVariables } from '@secateur/cells';
import { issGroups, layoutFromJson, layoutToJson } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import type { Run } from '@secateur/training';
import { checkpointTensors, positionOf, startPosition, stateOf } from './checkpoint.ts';
import { readBest, saveBest } from './best.ts';
import { compactTraining } from './compaction.ts';
import { batchReader } from './data/batches.ts';
import { corpusDigest, type Corpus } from './data/corpus.ts';
import { perplexity } from './evaluate.ts';
import { firstCounted, prospect } from './penalty.ts';
import { fullLayout, trainedNetwork } from './network/of-settings.ts';
import { learningRateSchedule } from './learning-rate.ts';
import { prunedDims, type Settings } from './settings.ts';
import type { Start } from './start.ts';
import { trainStep } from './step.ts';
import { storedTeacher } from './stored-teacher.ts';
import type { Teacher } from './teacher.ts';

/** A trained network, its dead components still in place unless the run compacted them. */
export interface Trained {
  readonly variables: Readonly<Record<string, Variable>>;
  /** The epoch that the weights are of, counted from 0. */
  readonly epoch: number;
  readonly origins: OriginalIndices;
  readonly wordsPerSecond: number;
  readonly seconds: number;
}

/**
 * Finds out before anything is written or trained whether the texts are long enough.
 *
 * @throws Error naming the text that fills no window.
 */
export function checkTexts(corpus: Corpus, { batch, steps }: Settings): void {
  batchReader(corpus.train, batch, steps, 'training');
  batchReader(corpus.valid, batch, steps, 'validation');
}

/**
 * Trains a language model in a run directory, from its last checkpoint if there is one, else from `start`; with a teacher, a
 * share of its loss comes from that. The teacher stays the caller's to dispose.
 *
 * @throws TrainingError when the loss diverges; Interrupted after Ctrl-C, when a checkpoint has been saved.
 */
export async function train(
  run: Run,
  settings: Settings,
  corpus: Corpus,
  start: Start,
  teacher: Teacher | null,
  options: TrainOptions,
): Promise<Trained> {
  const { batch, steps } = settings;
  const reader = batchReader(corpus.train, batch, steps, 'training');
  const total = settings.epochs * reader.windows;

  const network = trainedNetwork(settings);
  const vocab = corpus.vocabulary.words.length;
  const full = fullLayout(settings, vocab);
  const resumed = run.latestCheckpoint();
  const text = corpusDigest(corpus);
  let position = resumed
    ? positionOf(resumed, { settings, full, windows: reader.windows, teacher, text })
    : startPosition(full, settings, teacher, text);
  const lessons = teacher && (await storedTeacher(teacher, reader, { batch, steps, vocab }));
  const layout = layoutFromJson(position.layout);
  const variables = weightVariables(
    resumed ? checkpointWeights(resumed, layout) : start.weights(full),
  );
  const zeroState = (weights: typeof variables): NamedStates => ({
    ...network.net.zeroState(weights, batch),
    ...lessons?.zeroState(batch),
  });
  let state = zeroState(variables);
  if (resumed) {
    const zero = state;
    state = stateOf(resumed, zero);
    dispose({ ...zero });
  }
  let { epoch, window, epochLoss } = position;
  const step = resumed?.step ?? 0;

  const dims = prunedDims(settings, full);
  const groups = issGroups(layout, { dims });
  const optimizer = groupLasso(optimizers.sgd(settings.learningRate), groups, {
    ...penaltyOf(settings, full, reader.windows),
    weightDecay: settings.weightDecay,
    clipNorm: settings.clip,
  });
  optimizer.setStep(step);
  if (position.budget !== null) optimizer.setBudgetState(position.budget);
  optimizer.checkVariables();
  let training = { variables, layout, optimizer, dims, originalIndices: position.origins };

  const learningRate = learningRateSchedule(settings);
  const session = trainingMonitor({
    ...options,
    ...{ run, optimizer, full, total, step, state: position.session },
    // Below one nat a word a language model of real text never gets; a toy text's jumps there are no divergence.
    floor: 1,
    unit: 'words',
    origins: () => training.originalIndices,
    checkpoint: async (now) => {
      position = {
        ...position,
        ...{ epoch, window, epochLoss, session: now },
        ...{ layout: layoutToJson(training.layout), origins: training.originalIndices },
        ...{ budget: optimizer.budgetState ?? null, text },
      };
      return { tensors: await checkpointTensors(training.variables, state), state: position };
    },
  });
  if (step === 0) {
    const forecast = await prospect(settings, optimizer, reader.windows);
    if (forecast !== undefined) session.log(forecast);
  }
  const compactNow = async (): Promise<void> => {
    ({ training, state } = await compactTraining(training, state, network));
    run.metrics.append({ kind: 'compact', step: session.step, epoch, sizes: training.layout.dims });
  };
  try {
    while (epoch < settings.epochs) {
      optimizer.setLearningRate(learningRate(epoch));
      while (window < reader.windows) {
        const read = reader.window(window);
        const seed = foldSeed(settings.seed, 'dropout', session.step);
        const began = performance.now();
        const result = await trainStep(network, training.variables, optimizer, read, state, {
          batch,
          steps,
          training: { seed, ids: read.inputs },
          teacher: lessons,
        });
        const seconds = (performance.now() - began) / 1000;
        state = result.state;
        const loss = result.loss / steps;
        // The perplexity in training is of the labels, whatever part of the loss a teacher has.
        epochLoss += result.labelLoss / steps;
        window++;
        await session.after({ epoch, loss, units: batch * steps, seconds });
        if (isTimeToCompact(optimizer, settings, session.step)) await compactNow();
        // After an epoch's last window comes the checkpoint of its end, which must be the only one of that step.
        if (window < reader.windows) await session.pause();
      }

      const { perplexity: valid } = await perplexity(
        network,
        training.variables,
        corpus.valid,
        settings,
      );
      const train = Math.exp(epochLoss / reader.windows);
      run.metrics.append({ kind: 'epoch', step: session.step, epoch, train, valid });
      const { alive } = await optimizer.metrics();
      session.log(
        `epoch ${epoch + 1}: perplexity ${train.toFixed(1)} in training, ${valid.toFixed(1)} on validation; ` +
          `living components ${Object.values(alive).join(', ')}`,
      );
      // While the penalty still grows a network is as yet nearly dense, and good for that reason alone.
      const counts = settings.select === 'best' && epoch >= firstCounted(settings);
      if (counts && valid < (position.best?.valid ?? Infinity)) {
        await saveBest(run.directory, session.step, training.variables);
        const { layout: now, originalIndices: origins } = training;
        position = { ...position, best: { epoch, valid, layout: layoutToJson(now), origins } };
      }
      if (settings.compactEvery > 0 && (epoch + 1) % settings.compactEvery === 0) {
        await compactNow();
      }
      dispose({ ...state });
      state = zeroState(training.variables);
      epoch++;
      window = 0;
      epochLoss = 0;
      await session.save();
      if (epoch < settings.epochs) session.stopIfAsked();
    }
  } catch (error) {
    dispose({ ...training.variables });
    throw session.ended(error);
  } finally {
    session.close();
    dispose({ ...state });
    optimizer.dispose();
  }
  const { best } = position;
  const pace = { wordsPerSecond: session.unitsPerSecond, seconds: session.seconds };
  if (best === null) {
    const { variables, originalIndices: origins } = training;
    return { variables, epoch: settings.epochs - 1, origins, ...pace };
  }
  dispose({ ...training.variables });
  const bestVariables = weightVariables(readBest(run.directory, best, reader.windows));
  return { variables: bestVariables, epoch: best.epoch, origins: best.origins, ...pace };
}
