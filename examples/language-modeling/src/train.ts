import { dispose, train as optimizers, type Variable } from '@tensorflow/tfjs-core';
import { issGroups, layoutFromJson, layoutToJson, type Layout } from '@whittle/groups';
import { groupLasso, type GroupLassoOptimizer } from '@whittle/lasso';
import { compact } from '@whittle/pruner/tfjs';
import {
  divergenceGuard,
  onInterrupt,
  progressBar,
  stepSeed,
  stoppedTraining,
  type Run,
} from '@whittle/training';
import {
  checkpointTensors,
  startPosition,
  stateOf,
  weightsOf,
  type Position,
} from './checkpoint.ts';
import { readBest, saveBest } from './best.ts';
import { batchReader } from './data/batches.ts';
import type { Corpus } from './data/corpus.ts';
import { perplexity } from './evaluate.ts';
import { networkOf } from './network/networks.ts';
import { fullLayout, lambdaAt, learningRateAt, type Settings } from './settings.ts';
import { trainStep } from './step.ts';
import { initialWeights, variablesOf } from './weights.ts';

/** A trained network, its dead components still in place unless the run compacted them. */
export interface Trained {
  readonly variables: Readonly<Record<string, Variable>>;
  /** The epoch that the weights are of, counted from 0. */
  readonly epoch: number;
  /** See {@link Position.origins}. */
  readonly origins: Position['origins'];
  readonly wordsPerSecond: number;
  readonly seconds: number;
}

/** Settings of {@link train} that do not change what it computes. */
export interface TrainOptions {
  /** No progress on the terminal. */
  readonly silent?: boolean;
  /** Steps from one checkpoint to the next, besides those at an epoch's end. */
  readonly checkpointEvery: number;
}

/** Thrown when a signal stopped the training after a checkpoint was saved. */
export class Interrupted extends Error {
  /** Always `'Interrupted'`. */
  override readonly name = 'Interrupted';
}

const LOG_EVERY = 20;
/** The guard sees a running mean over about so many steps: a small batch's own loss jumps about without harm. */
const RECENT = 20;
/** Pictures of the norms a run, spread evenly over its steps. */
const SNAPSHOTS = 48;

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
 * Trains a language model in a run directory, from its last checkpoint if there is one.
 *
 * @throws TrainingError when the loss diverges; Interrupted after Ctrl-C, when a checkpoint has been saved.
 */
export async function train(
  run: Run,
  settings: Settings,
  corpus: Corpus,
  options: TrainOptions,
): Promise<Trained> {
  const { batch, steps } = settings;
  const { checkpointEvery, silent = false } = options;
  if (!(Number.isInteger(checkpointEvery) && checkpointEvery > 0)) {
    throw new Error(
      `--checkpoint-every: expected a whole number of 1 or more, found ${checkpointEvery}.`,
    );
  }
  const reader = batchReader(corpus.train, batch, steps, 'training');
  const total = settings.epochs * reader.windows;
  const snapshotEvery = Math.max(1, Math.round(total / SNAPSHOTS));

  const network = networkOf(settings);
  const full = fullLayout(settings, corpus.vocabulary.words.length);
  const resumed = run.latestCheckpoint();
  let position = resumed ? (resumed.state as Position) : startPosition(full);
  let layout = layoutFromJson(position.layout);
  let variables = variablesOf(
    resumed ? weightsOf(resumed, layout) : initialWeights(full, settings),
  );
  let state = resumed ? stateOf(resumed) : network.zeroState(variables, batch);
  let { epoch, window, epochLoss, recentLoss, words, seconds } = position;
  let step = resumed?.step ?? 0;

  const optimizer = groupLasso(optimizers.sgd(settings.learningRate), issGroups(layout), {
    lambda: (done) => lambdaAt(settings, done / reader.windows),
    threshold: settings.threshold,
    thresholdScope: settings.thresholdScope,
    weightDecay: settings.weightDecay,
    penalty: settings.penalty,
    clipNorm: settings.clip,
  });
  optimizer.setStep(step);
  optimizer.checkVariables();

  const guard = divergenceGuard({
    // Below one nat a word a language model of real text never gets; a toy text's jumps there are no divergence.
    floor: 1,
    checkpoints: () => run.checkpoints(),
    ...(position.guard && { state: position.guard }),
  });
  const progress = progressBar({ total, start: step, mode: silent ? 'silent' : 'auto' });
  const interrupt = onInterrupt({
    onRequest: () => {
      progress.log('stopping after this step; once more stops at once');
    },
  });
  const save = async (): Promise<void> => {
    position = {
      ...position,
      epoch,
      window,
      epochLoss,
      recentLoss,
      layout: layoutToJson(layout),
      guard: guard.state(),
      words,
      seconds,
    };
    run.saveCheckpoint({
      step,
      tensors: await checkpointTensors(variables, state),
      state: position,
    });
  };
  try {
    while (epoch < settings.epochs) {
      optimizer.setLearningRate(learningRateAt(settings, epoch));
      while (window < reader.windows) {
        const read = reader.window(window);
        const seed = stepSeed(settings.seed, step, 'dropout');
        const began = performance.now();
        const result = await trainStep(network, variables, optimizer, read, state, {
          batch,
          steps,
          dropping: { seed, words: read.inputs },
        });
        seconds += (performance.now() - began) / 1000;
        state = result.state;
        const loss = result.loss / steps;
        epochLoss += loss;
        words += batch * steps;
        step++;
        window++;
        recentLoss = recentLoss === null ? loss : recentLoss + (loss - recentLoss) / RECENT;
        guard.check(recentLoss, step);
        progress.update(step, { epoch: epoch + 1, loss, units: batch * steps });
        if (step % LOG_EVERY === 0) {
          const { lambda, penalty, alive, gradientNorm } = await optimizer.metrics();
          run.metrics.append({
            kind: 'train',
            step,
            epoch,
            loss,
            lambda,
            penalty,
            alive,
            gradientNorm,
          });
        }
        if (step % snapshotEvery === 0) {
          const norms = await snapshot(optimizer, full, position.origins);
          run.metrics.append({ kind: 'norms', step, epoch, norms });
        }
        // After an epoch's last window comes the checkpoint of its end, which must be the only one of that step.
        if (window === reader.windows) break;
        const stop = await interrupt.poll();
        if (stop || step % checkpointEvery === 0) await save();
        if (stop) throw interrupted(step);
      }

      const { perplexity: valid } = await perplexity(network, variables, corpus.valid, settings);
      const training = Math.exp(epochLoss / reader.windows);
      run.metrics.append({ kind: 'epoch', step, epoch, train: training, valid });
      const { alive } = await optimizer.metrics();
      progress.log(
        `epoch ${epoch + 1}: perplexity ${training.toFixed(1)} in training, ${valid.toFixed(1)} on validation; ` +
          `living components ${Object.values(alive).join(', ')}`,
      );
      // While lambda still grows a network is as yet nearly dense, and good for that reason alone.
      const counts = settings.select === 'best' && epoch >= settings.rampEpochs;
      if (counts && valid < (position.best?.valid ?? Infinity)) {
        await saveBest(run.directory, variables);
        const { origins } = position;
        position = { ...position, best: { epoch, valid, layout: layoutToJson(layout), origins } };
      }
      if (settings.compactEvery > 0 && (epoch + 1) % settings.compactEvery === 0) {
        const smaller = await compact({ variables, optimizer, layout });
        ({ variables, layout } = smaller);
        optimizer.setGroups(issGroups(layout));
        position = { ...position, origins: chooseOrigins(position.origins, smaller.kept) };
        run.metrics.append({ kind: 'compact', step, epoch, sizes: layout.dims });
      }
      dispose({ ...state });
      state = network.zeroState(variables, batch);
      epoch++;
      window = 0;
      epochLoss = 0;
      await save();
      if (interrupt.requested && epoch < settings.epochs) throw interrupted(step);
    }
  } catch (error) {
    dispose({ ...variables });
    if (error instanceof Interrupted) throw error;
    throw stoppedTraining(error, { step, checkpoints: run.checkpoints() });
  } finally {
    progress.stop();
    interrupt.dispose();
    dispose({ ...state });
    optimizer.dispose();
  }
  const { best } = position;
  const wordsPerSecond = words / seconds;
  if (best === null) {
    const last = { epoch: settings.epochs - 1, origins: position.origins };
    return { variables, ...last, wordsPerSecond, seconds };
  }
  dispose({ ...variables });
  variables = variablesOf(readBest(run.directory, best).weights);
  return { variables, epoch: best.epoch, origins: best.origins, wordsPerSecond, seconds };
}

function interrupted(step: number): Interrupted {
  return new Interrupted(
    `train: stopped at step ${step}, saved; the same command goes on from there.`,
  );
}

/** Norms by the components' first numbers, zero where compaction removed them; four digits are enough for a picture. */
async function snapshot(
  optimizer: GroupLassoOptimizer,
  full: Layout,
  origins: Position['origins'],
): Promise<Record<string, number[]>> {
  const norms = await optimizer.norms();
  return Object.fromEntries(
    Object.entries(norms).map(([dim, values]) => {
      const row = new Array<number>(full.dims[dim]!).fill(0);
      origins[dim]!.forEach((origin, i) => {
        row[origin] = Number(values[i]!.toPrecision(4));
      });
      return [dim, row];
    }),
  );
}

function chooseOrigins(
  origins: Position['origins'],
  kept: Readonly<Record<string, readonly number[]>>,
): Position['origins'] {
  return Object.fromEntries(
    Object.entries(origins).map(([dim, before]) => [
      dim,
      kept[dim]?.map((i) => before[i]!) ?? before,
    ]),
  );
}
