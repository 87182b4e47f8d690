import type { Figure, Quality, SettingValue } from './trial-spec.ts';

/** Values of a setting from one number to another, both among them. */
export interface SettingRange {
  readonly from: number;
  readonly to: number;
  /** How many values, 2 at least. */
  readonly count: number;
  /** `linear` has equal steps, `log` equal ratios. */
  readonly scale: 'linear' | 'log';
}

/** What a sweep says of one setting: one value, each of a list, or a range. */
export type SettingAxis = SettingValue | readonly SettingValue[] | SettingRange;

/** What a `sweep.json` says: which trainings there are to do. */
export interface Sweep {
  /** Lower-case letters, digits and `-`, so that it can name a folder, a queue and a job of a cluster. */
  readonly name: string;
  /** See {@link TrialSpec}. */
  readonly command: readonly string[];
  /** Every combination of their values is a trial. */
  readonly settings?: Readonly<Record<string, SettingAxis>>;
  /** In place of `settings`: the settings of each trial. */
  readonly trials?: readonly Readonly<Record<string, SettingValue>>[];
  /** Each trial is trained with each of them, as the setting `seed`. */
  readonly seeds?: readonly number[];
  readonly quality?: Quality;
  readonly work?: Figure;
  readonly retries: number;
}
