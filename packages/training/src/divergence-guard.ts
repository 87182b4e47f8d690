import { basename } from 'node:path';
import { checkOptions, shown } from '@secateur/input';
import type { CheckpointEntry } from './checkpoint-store.ts';
import { argumentError, TrainingError } from './error.ts';

/** What {@link divergenceGuard} takes. */
export interface DivergenceGuardOptions {
  /** A loss above this many times the best so far is bad; 3 by default. */
  readonly factor?: number;
  /** So many bad losses in a row are a divergence; 5 by default. */
  readonly patience?: number;
  /** The best loss counts as no less than this, so that noise near zero is no divergence; 0.01 by default. */
  readonly floor?: number;
  /** Lists the checkpoints there are, for the error to point to: `() => run.checkpoints()`. */
  readonly checkpoints?: () => readonly CheckpointEntry[];
  /** What {@link DivergenceGuard.state} returned, to go on where an interrupted run stopped. */
  readonly state?: GuardState;
}

/** What a guard remembers, as JSON. */
export interface GuardState {
  /** Lowest loss so far; null before the first. */
  readonly best: number | null;
  /** Bad losses in a row. */
  readonly bad: number;
  /** Step of the last loss that was not bad; null before the first. */
  readonly goodStep: number | null;
}

/** Watches the loss. */
export interface DivergenceGuard {
  /** Throws a TrainingError of code `diverged` if the loss at this step shows that training has broken down. */
  check(loss: number, step: number): void;
  /** Returns what to save in a checkpoint. */
  state(): GuardState;
}

/**
 * Makes a guard that stops a training which cannot recover: at once on NaN or Infinity, or after `patience` checks in a
 * row with a loss above `factor` times the best so far. The error names the last checkpoint from before.
 *
 * @example
 * ```ts
 * import { divergenceGuard, TrainingError } from '@secateur/training';
 *
 * const guard = divergenceGuard({ factor: 2, patience: 2 });
 * let stopped: unknown;
 * try {
 *   [4, 9, 6, 9, 9].forEach((loss, i) => guard.check(loss, i + 1));
 * } catch (error) {
 *   stopped = error;
 * }
 * stopped instanceof TrainingError && stopped.code; // => diverged
 * guard.state(); // => { best: 4, bad: 2, goodStep: 3 }
 * ```
 */
export function divergenceGuard(options: DivergenceGuardOptions = {}): DivergenceGuard {
  const names = {
    factor: true,
    patience: true,
    floor: true,
    checkpoints: true,
    state: true,
  } as const;
  checkOptions('divergenceGuard', options, names, argumentError);
  const { factor = 3, patience = 5, floor = 0.01, checkpoints = () => [], state } = options;
  checkOption('factor', factor, factor > 1 && factor < Infinity, 'a number > 1');
  checkOption(
    'patience',
    patience,
    Number.isInteger(patience) && patience >= 1,
    'a whole number >= 1',
  );
  checkOption('floor', floor, floor > 0 && floor < Infinity, 'a number > 0');
  let { best, bad, goodStep }: GuardState = state ?? { best: null, bad: 0, goodStep: null };

  const diverged = (loss: number, step: number, expected: string, found: string): TrainingError => {
    const good = goodStep;
    const last = good === null ? undefined : checkpoints().findLast((entry) => entry.step <= good);
    const pointer =
      last === undefined
        ? 'no checkpoint was saved before it'
        : `the last good checkpoint is ${basename(last.file)} of step ${String(last.step)} (${last.file})`;
    return new TrainingError(
      `divergenceGuard: expected ${expected} at step ${String(step)}, found ${found}; ${pointer}. Start another run with a lower learning rate or lambda, or with gradients clipped.`,
      { code: 'diverged' },
    );
  };

  return {
    check(loss, step) {
      if (!Number.isFinite(loss)) throw diverged(loss, step, 'a finite loss', String(loss));
      const limit = factor * Math.max(best ?? Infinity, floor);
      if (loss <= limit) {
        best = Math.min(best ?? Infinity, loss);
        bad = 0;
        goodStep = step;
        return;
      }
      bad += 1;
      if (bad < patience) return;
      throw diverged(
        loss,
        step,
        `a loss of at most ${limit.toPrecision(4)} (${String(factor)} times the best so far)`,
        `${loss.toPrecision(4)}, too high ${String(bad)} times in a row`,
      );
    },
    state: () => ({ best, bad, goodStep }),
  };
}

function checkOption(name: string, value: number, fits: boolean, expected: string): void {
  // A text of a number passes comparisons.
  if (typeof value === 'number' && fits) return;
  throw argumentError(
    `divergenceGuard: expected ${expected} as ${name}, found ${shown(value)}; leave it out for the default.`,
  );
}
