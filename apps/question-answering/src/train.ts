import { dispose, train as optimizers, type Tensor2D } from '@tensorflow/tfjs-core';
import {
  allIndices,
  arraysOf,
  checkpointWeights,
  isTimeToCompact,
  layoutLeft,
  penaltyOf,
  targetText,
  trainingMonitor,
} from '@secateur/app';
import type { TrainOptions } from '@secateur/app/command';
import { foldSeed, weightTensors, weightVariables } from '@secateur/cells';
import { issGroups, type Weights } from '@secateur/groups';
import { groupLasso } from '@secateur/lasso';
import { expand } from '@secateur/pruner';
import { movingAverage, writeOptimizerState, type Checkpoint, type Run } from '@secateur/training';
import { checkpointOf, positionOf, startPosition, type Position } from './checkpoint.ts';
import { compactTrainee, type Trainee } from './compaction.ts';
import { makeBatch, planBatches } from './data/batches.ts';
import type { Example } from './data/examples.ts';
import { score } from './data/score.ts';
import { answer } from './evaluate.ts';
import { finalWeights } from './final-weights.ts';
import { lessonOf, type Lessons } from './lessons.ts';
import { learningRateSchedule } from './learning-rate.ts';
import { fullLayout, removalLayout } from './network/of-settings.ts';
import type { Settings } from './settings.ts';
import { trainStep } from './step.ts';

/** Examples that a run trains on and validates with, and the sizes of their vocabularies. */
export interface TrainingData {
  readonly train: readonly Example[];
  readonly valid: readonly Example[];
  readonly vocabulary: { readonly words: number; readonly chars: number };
  /** Checksum of all words, characters and given vectors. */
  readonly vocabularySha256: string;
  /** Checksum of all questions. */
  readonly sha256: string;
  /** Vectors of words that are not trained. */
  readonly fixed?: Tensor2D | undefined;
  /** What a trained network says of the examples, and the checksum of its weights. */
  readonly teacher?: { readonly lessons: Lessons; readonly sha256: string } | undefined;
}

/** A trained network of the size that it began with: where components are dead or were removed there are zeros. */
export interface Trained {
  /** The moving average of the weights; what is below the threshold is zero. */
  readonly weights: Weights;
  readonly questionsPerSecond: number;
  readonly seconds: number;
}

/**
 * Trains BiDAF in a run directory, from its last checkpoint if there is one, else from `initial` weights.
 *
 * @throws TrainingError when the loss diverges; Interrupted after Ctrl-C, when a checkpoint has been saved.
 */
export async function train(
  run: Run,
  settings: Settings,
  data: TrainingData,
  initial: Weights,
  options: TrainOptions,
): Promise<Trained> {
  const full = fullLayout(settings, data.vocabulary);
  const resumed = run.latestCheckpoint();
  const plan = (of: number) =>
    planBatches(data.train, settings.batch, foldSeed(settings.seed, 'batches', of));
  const { teacher } = data;
  const place = {
    ...{ full, epochs: settings.epochs, questions: data.train.length },
    compacts: settings.targetMacs !== null,
    ...{ teacher: teacher?.sha256 ?? null, vocabulary: data.vocabularySha256, sha256: data.sha256 },
    batchSizes: (of: number) => plan(of).map(({ length }) => length),
  };
  let position = resumed ? positionOf(resumed, place) : startPosition;
  let { epoch, batch, epochLoss } = position;
  // Only the last batch of an epoch may be smaller.
  const perEpoch = Math.ceil(data.train.length / settings.batch);

  const layout = layoutLeft(full, position.origins);
  const variables = weightVariables(resumed ? checkpointWeights(resumed, layout) : initial);
  const optimizer = groupLasso(
    optimizers.adam(settings.learningRate),
    issGroups(layout),
    penaltyOf(settings, full, perEpoch),
  );
  optimizer.checkVariables();
  const average = movingAverage(variables, settings.average);
  let trainee: Trainee = {
    ...{ variables, layout, optimizer, average },
    originalIndices: position.origins,
  };
  if (resumed) await restore(resumed, trainee);
  const learningRate = learningRateSchedule(settings);
  const session = trainingMonitor({
    ...options,
    ...{ run, optimizer, full, step: resumed?.step ?? 0, state: position.session },
    total: settings.epochs * perEpoch,
    // The loss of two pointers that are nearly sure.
    floor: 0.5,
    unit: 'questions',
    origins: () => ({ ...allIndices(full), ...trainee.originalIndices }),
    checkpoint: async (now) => {
      const saved = await checkpointOf(trainee);
      position = {
        ...{ epoch, batch, epochLoss, origins: trainee.originalIndices },
        ...{ teacher: place.teacher, vocabulary: place.vocabulary },
        ...{ questions: place.sha256, optimizer: saved.optimizer, session: now },
      };
      return { tensors: saved.tensors, state: position };
    },
  });
  const target = resumed ? undefined : await targetText(optimizer, settings, perEpoch, 'token');
  if (target !== undefined) session.log(target);
  try {
    while (epoch < settings.epochs) {
      const batches = plan(epoch);
      while (batch < batches.length) {
        const examples = batches[batch]!;
        const { dropout, charDropout, seed, share, temperature } = settings;
        optimizer.setLearningRate(learningRate(session.step / perEpoch));
        const began = performance.now();
        const made = makeBatch(examples);
        const loss = await trainStep(trainee.variables, optimizer, made, {
          fixed: data.fixed,
          dropping: { dropout, charDropout, seed: foldSeed(seed, 'dropout', session.step) },
          lesson: teacher && { share, temperature, logits: lessonOf(teacher.lessons, made) },
        });
        trainee.average.update();
        const seconds = (performance.now() - began) / 1000;
        epochLoss += loss;
        batch++;
        await session.after({ epoch, loss, units: examples.length, seconds });
        if (isTimeToCompact(optimizer, settings, session.step)) {
          trainee = await compactTrainee(trainee, settings.average);
          const sizes = trainee.layout.dims;
          run.metrics.append({ kind: 'compact', step: session.step, epoch, sizes });
        }
        // After an epoch's last batch comes the checkpoint of its end, which must be the only one of that step.
        if (batch < batches.length) await session.pause();
      }
      const { exactMatch, f1 } = score(
        data.valid,
        await answer(trainee.average.values(), data.valid, {
          ...{ batch: settings.batch, fixed: data.fixed },
        }),
      );
      const training = epochLoss / batches.length;
      run.metrics.append({
        kind: 'epoch',
        step: session.step,
        epoch,
        train: training,
        exactMatch,
        f1,
      });
      const { alive } = await optimizer.metrics();
      session.log(
        `epoch ${epoch + 1}: loss ${training.toFixed(2)}; on validation exact match ${exactMatch.toFixed(1)}, F1 ${f1.toFixed(1)}; ` +
          `living components ${Object.values(alive).join(', ')}`,
      );
      epoch++;
      batch = 0;
      epochLoss = 0;
      await session.save();
      if (epoch < settings.epochs) session.stopIfAsked();
    }
    const whole = removalLayout(settings, data.vocabulary);
    const origins = trainee.originalIndices;
    const last = await arraysOf(trainee.variables);
    const left = finalWeights(await arraysOf(trainee.average.values()), last, {
      layout: layoutLeft(whole, origins),
      threshold: settings.threshold,
    });
    const weights = expand(left, whole, origins);
    return { weights, questionsPerSecond: session.unitsPerSecond, seconds: session.seconds };
  } catch (error) {
    throw session.ended(error);
  } finally {
    session.close();
    trainee.average.dispose();
    optimizer.dispose();
    dispose({ ...trainee.variables });
  }
}

/** Puts what a checkpoint holds beside the weights back to where it was. */
async function restore(
  checkpoint: Checkpoint,
  { layout, optimizer, average }: Trainee,
): Promise<void> {
  const averages = weightTensors(checkpointWeights(checkpoint, layout, 'average'));
  average.restore(averages);
  dispose(averages);
  const state = (checkpoint.state as Position).optimizer;
  await writeOptimizerState(optimizer, { tensors: checkpoint.tensors, state });
}
