import type { Quality, TrialSpec } from '../spec/trial-spec.ts';
import type { Trained } from './trade-off.ts';

/** One setting, such as λ, that is tried at one value after another, and how its trials come about. */
export interface Scan {
  /** The setting, such as `lambda`. */
  readonly setting: string;
  readonly scale: 'log' | 'linear';
  /** The trials at a value: one for each seed. */
  readonly specs: (value: number) => readonly TrialSpec[];
  /** Trains, wherever and in whatever order, and returns all of them, also those that came to nothing. */
  readonly run: (specs: readonly TrialSpec[]) => Promise<readonly Trained[]>;
  /** Key of the work in a result. */
  readonly work: string;
  readonly quality: Pick<Quality, 'key' | 'better'>;
}

/** The middle of two values on a scale, at six digits, which people can read and type. */
export function middle(a: number, b: number, scale: Scan['scale']): number {
  return Number((scale === 'log' ? Math.sqrt(a * b) : (a + b) / 2).toPrecision(6));
}

/** How far two values lie apart on a scale. */
export function distance(a: number, b: number, scale: Scan['scale']): number {
  return Math.abs(scale === 'log' ? Math.log(b / a) : b - a);
}
