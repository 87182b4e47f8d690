import type { Quality, SettingValue, TrialSpec } from '../spec/trial-spec.ts';
import { trialFigure } from './figure.ts';

/** What a network costs, and how good it is. */
export interface Point {
  readonly work: number;
  readonly quality: number;
}

/** A trial that is over, as search and reports see it. */
export interface Trained {
  readonly spec: TrialSpec;
  /** Missing where the trial came to nothing, such as one that diverged. */
  readonly result?: unknown;
  readonly message?: string;
}

/** Mean and spread of one figure over seeds. */
export interface Spread {
  readonly mean: number;
  /** Standard deviation with n - 1; 0 for a single seed. */
  readonly deviation: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Trials that differ in nothing but their seed; `work` and `quality` are means. */
export interface SeedGroup<T extends Trained = Trained> extends Point {
  /** All settings but `seed`. */
  readonly settings: Readonly<Record<string, SettingValue>>;
  readonly trials: readonly T[];
  readonly spread: { readonly work: Spread; readonly quality: Spread };
}

/**
 * The points that no other beats: none costs at most as much and is at least as good, and better in one of the two. They are sorted
 * by work; equal points are all kept.
 *
 * @example
 * ```ts
 * import { nonDominated } from '@secateur/sweep';
 *
 * const points = [
 *   { work: 30, quality: 4 },
 *   { work: 20, quality: 6 }, // costs more than the next one, and is worse
 *   { work: 10, quality: 5 },
 * ];
 * nonDominated(points, 'lower'); // => [{ work: 10, quality: 5 }, { work: 30, quality: 4 }]
 * ```
 */
export function nonDominated<P extends Point>(
  points: readonly P[],
  better: Quality['better'],
): P[] {
  const sign = better === 'lower' ? 1 : -1;
  const sorted = [...points].sort((a, b) => a.work - b.work || sign * (a.quality - b.quality));
  const front: P[] = [];
  for (const point of sorted) {
    const best = front.at(-1);
    const same = best?.work === point.work && best.quality === point.quality;
    if (best === undefined || same || sign * (point.quality - best.quality) < 0) front.push(point);
  }
  return front;
}

/**
 * Trials with a result, grouped by their settings without the seed, in the order of the first of each group.
 *
 * @throws SweepError with code `sweep` when a result lacks one of the two figures, which names the trial.
 *
 * @example
 * ```ts
 * import { expandSweep, groupSeeds } from '@secateur/sweep';
 *
 * const command = ['node', 'train.js', '{run}', '{rate}', '{seed}'];
 * const settings = { rate: 0.1 };
 * const specs = expandSweep({ name: 'rates', command, settings, seeds: [1, 2], retries: 5 });
 * const trained = specs.map((spec, i) => ({ spec, result: { macs: 100, loss: 4 + i } }));
 * const [group] = groupSeeds(trained, { work: 'macs', quality: 'loss' });
 * [group?.settings, group?.work, group?.quality]; // => [{ rate: 0.1 }, 100, 4.5]
 * ```
 */
export function groupSeeds<T extends Trained>(
  trials: readonly T[],
  figures: { readonly work: string; readonly quality: string },
): SeedGroup<T>[] {
  const groups = new Map<string, T[]>();
  for (const trial of trials) {
    if (trial.result === undefined) continue;
    const key = JSON.stringify(Object.entries(withoutSeed(trial.spec)).sort());
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  return Array.from(groups.values(), (of) => {
    const work = spreadOf(of.map((trial) => trialFigure(trial, figures.work)));
    const quality = spreadOf(of.map((trial) => trialFigure(trial, figures.quality)));
    const settings = withoutSeed(of[0]!.spec);
    return {
      settings,
      trials: of,
      work: work.mean,
      quality: quality.mean,
      spread: { work, quality },
    };
  });
}

function withoutSeed({ settings }: TrialSpec): Record<string, SettingValue> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'seed'));
}

/** Mean and spread of at least one number. */
function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    deviation: values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1)),
    lowest: Math.min(...values),
    highest: Math.max(...values),
  };
}
