import { flagOf, type RawFlags } from './options.ts';
import { SettingsError } from './settings-error.ts';

/** Settings that say what drives components to zero. */
export interface PenaltySettings {
  /** Strength of the penalty; 0 beside a target. */
  readonly lambda: number;
  /** Epochs over which lambda grows in a line from 0. */
  readonly rampEpochs: number;
  readonly penalty: 'subgradient' | 'proximal';
  readonly threshold: number;
  readonly thresholdScope?: 'all' | 'groups';
  /** In place of lambda, what the network may cost in the end: a share of its multiply-adds below 1, or a number; else null. */
  readonly targetMacs: number | null;
  /** Epochs in which the target is reached. */
  readonly shrinkEpochs: number;
}

/** Settings of a penalty that a target decides. */
export const decidedByTarget: readonly string[] = [
  'lambda',
  'threshold',
  'rampEpochs',
  'penalty',
  'thresholdScope',
];

/** The settings that count beside a target alone and are given without one. */
export function idleFlags(
  raw: RawFlags,
  { targetMacs }: Pick<PenaltySettings, 'targetMacs'>,
): string[] {
  if (targetMacs !== null) return [];
  return ['shrinkEpochs', 'compactSteps'].filter((key) => raw[key] !== undefined);
}

/**
 * What a target on the command line changes of a preset, whose lambda it replaces, and a lambda there, which replaces the
 * preset's target.
 *
 * @throws SettingsError when the command line gives both.
 */
export function penaltyFlags(raw: RawFlags): Partial<PenaltySettings> {
  if (raw['targetMacs'] === undefined)
    return raw['lambda'] === undefined ? {} : { targetMacs: null };
  const beside = decidedByTarget.find((key) => raw[key] !== undefined);
  if (beside === undefined) return { lambda: 0, threshold: 0, rampEpochs: 0 };
  throw new SettingsError(
    `--${flagOf(beside)}: expected none beside --target-macs, which decides it, found ${String(raw[beside])}; leave one of the two out.`,
  );
}
