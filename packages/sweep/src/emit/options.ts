import { SweepError } from '../error.ts';
import type { TrialSpec } from '../spec/trial-spec.ts';

/** What every cluster is told. */
export interface EmitOptions {
  /** URL of the store; credentials are in the environment of the trials. */
  readonly store: string;
  /** Trials at once; as many as there is room for if left out. */
  readonly atOnce?: number;
}

/** Refuses what no cluster can run; returns the name of the sweep. */
export function checkEmit(specs: readonly TrialSpec[], { store, atOnce }: EmitOptions): string {
  if (specs.length === 0) {
    throw refusal('at least 1 trial', 'none', 'give the sweep settings');
  }
  if (atOnce !== undefined && !(Number.isInteger(atOnce) && atOnce >= 1)) {
    throw refusal('a whole number of trials at once, at least 1', String(atOnce), 'correct it');
  }
  if (/\/\/[^/]*@|(?:secret|password|accesskey|token)[^=&]*=/i.test(store)) {
    throw refusal(
      'a store without credentials',
      'some in its URL',
      'give them to the trials by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: a file that is passed on is no place for them',
    );
  }
  return specs[0]!.sweep;
}

/** An error of `sweep emit`. */
export function refusal(expected: string, found: string, todo: string): SweepError {
  return new SweepError(`emit: expected ${expected}, found ${found}; ${todo}.`, {
    code: 'argument',
  });
}
