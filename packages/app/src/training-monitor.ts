import type { Layout } from '@secateur/groups';
import type { GroupLassoOptimizer } from '@secateur/lasso';
import {
  divergenceGuard,
  onInterrupt,
  progressBar,
  stoppedTraining,
  type Checkpoint,
  type GuardState,
  type Run,
} from '@secateur/training';
import { Interrupted } from './interrupted.ts';
import { normsByOriginalIndex, type OriginalIndices } from './original-indices.ts';
import type { TrainOptions } from './run-options.ts';

/** What a monitor must remember to go on with the same bits. */
export interface MonitorState {
  /** Running mean of the losses; null before the first. */
  readonly recentLoss: number | null;
  readonly guard: GuardState | null;
  /** What was trained on, words or questions, and seconds spent on it, by all sessions of the run. */
  readonly units: number;
  readonly seconds: number;
}

/** The state before the first step. */
export const firstMonitorState: MonitorState = {
  recentLoss: null,
  guard: null,
  units: 0,
  seconds: 0,
};

/** Options of {@link trainingMonitor}. */
export interface MonitorOptions extends TrainOptions {
  readonly run: Run;
  readonly optimizer: GroupLassoOptimizer;
  /** The layout before anything is removed. */
  readonly full: Layout;
  /** Steps of the whole training, and those that are done. */
  readonly total: number;
  readonly step: number;
  readonly state: MonitorState;
  /** What is counted as trained on: `words` or `questions`. */
  readonly unit: string;
  /** A mean loss below this is never taken for the start of a divergence. */
  readonly floor: number;
  /** Which components are left. */
  origins(): OriginalIndices;
  /** What a checkpoint holds now. */
  checkpoint(state: MonitorState): Promise<Omit<Checkpoint, 'step'>>;
}

/** What a training loop does beside its steps. */
export interface TrainingMonitor {
  /** Steps done. */
  readonly step: number;
  /** What a second of training went through. */
  readonly unitsPerSecond: number;
  /** Seconds spent on steps. */
  readonly seconds: number;
  /**
   * Counts a step: watches the loss, shows progress, writes metrics and pictures of the norms.
   *
   * @throws TrainingError when the loss diverges.
   */
  after(step: StepFacts): Promise<void>;
  /**
   * Between steps: saves when it is time or when a signal asks to stop.
   *
   * @throws {@link Interrupted} when it was asked to stop, after saving.
   */
  pause(): Promise<void>;
  /** Writes a checkpoint. */
  save(): Promise<void>;
  /** @throws {@link Interrupted} when a signal has asked to stop; what is there must have been saved. */
  stopIfAsked(): void;
  /** A line above the progress bar. */
  log(line: string): void;
  /** The error to throw for one that ended the training: it names the checkpoint to go on from. */
  ended(error: unknown): unknown;
  /** Ends the progress bar and the watch for signals. */
  close(): void;
}

/** What is known of a step when it is done. */
interface StepFacts {
  /** Epoch, counted from 0. */
  readonly epoch: number;
  readonly loss: number;
  /** Words or questions that it trained on. */
  readonly units: number;
  readonly seconds: number;
}

const LOG_EVERY = 20;
/** The guard sees a running mean over about so many steps: a small batch's own loss jumps about without harm. */
const RECENT = 20;
/** Pictures of the norms a run, spread evenly over its steps. */
const SNAPSHOTS = 48;

/**
 * Starts what a training loop does beside its steps: progress, metrics, checkpoints, the watch over the loss and for
 * Ctrl-C. The loop itself stays the application's.
 */
export function trainingMonitor(options: MonitorOptions): TrainingMonitor {
  const { run, optimizer, full, total, unit, floor, checkpointEvery, silent } = options;
  const snapshotEvery = Math.max(1, Math.round(total / SNAPSHOTS));
  let { step } = options;
  let { recentLoss, units, seconds } = options.state;
  const guard = divergenceGuard({
    floor,
    checkpoints: () => run.checkpoints(),
    ...(options.state.guard && { state: options.state.guard }),
  });
  const progress = progressBar({ total, start: step, unit, mode: silent ? 'silent' : 'auto' });
  const interrupt = onInterrupt({
    onRequest: () => {
      progress.log('stopping after this step; once more stops at once');
    },
  });
  const interrupted = (): Interrupted =>
    new Interrupted(
      `train: stopped at step ${step}, saved; the same command goes on from there.`,
      interrupt.exitCode ?? 130,
    );
  const save = async (): Promise<void> => {
    const saved = await options.checkpoint({ recentLoss, guard: guard.state(), units, seconds });
    run.saveCheckpoint({ step, ...saved });
  };
  return {
    get step() {
      return step;
    },
    get seconds() {
      return seconds;
    },
    get unitsPerSecond() {
      return units / seconds;
    },
    async after({ epoch, loss, units: trained, seconds: spent }) {
      step++;
      units += trained;
      seconds += spent;
      recentLoss = recentLoss === null ? loss : recentLoss + (loss - recentLoss) / RECENT;
      guard.check(recentLoss, step);
      progress.update(step, { epoch: epoch + 1, loss, units: trained });
      if (step % LOG_EVERY === 0) {
        const { lambda, penalty, alive, gradientNorm } = await optimizer.metrics();
        const facts = { loss, lambda, penalty, alive, gradientNorm };
        run.metrics.append({ kind: 'train', step, epoch, ...facts });
      }
      if (step % snapshotEvery === 0) {
        const norms = normsByOriginalIndex(await optimizer.norms(), full, options.origins());
        run.metrics.append({ kind: 'norms', step, epoch, norms });
      }
    },
    async pause() {
      const stop = await interrupt.poll();
      if (stop || step % checkpointEvery === 0) await save();
      if (stop) throw interrupted();
    },
    save,
    stopIfAsked() {
      if (interrupt.requested) throw interrupted();
    },
    log: (line) => {
      progress.log(line);
    },
    ended: (error) =>
      error instanceof Interrupted
        ? error
        : stoppedTraining(error, { step, checkpoints: run.checkpoints() }),
    close() {
      progress.stop();
      interrupt.dispose();
    },
  };
}
