import type { Optimizer, Variable } from '@tensorflow/tfjs-core';
import { TrainingError } from './error.ts';

/** One weight's share of an optimizer's state, as tfjs keeps it. */
export interface Slot {
  /** Name of the weight, a slash, and what it is: `lstm1/kernel/m`. */
  readonly originalName: string;
  /** The numbers, of the weight's shape. */
  readonly variable: Variable;
}

/** The fields of an optimizer that change as it trains; tfjs has them private, but nowhere else are all their bits. */
interface Kind {
  /** Lists of {@link Slot}. */
  readonly slots: readonly string[];
  /** Single variables. */
  readonly scalars: readonly string[];
}

/*
 * tfjs has getWeights and setWeights, but Adam's setWeights recomputes the powers of its betas with `pow`, and they
 * were products: the bits differ. Adamax has neither.
 */
const kinds: Readonly<Record<string, Kind>> = {
  SGD: { slots: [], scalars: [] },
  Momentum: { slots: ['accumulations'], scalars: [] },
  Adam: {
    slots: ['accumulatedFirstMoment', 'accumulatedSecondMoment'],
    scalars: ['accBeta1', 'accBeta2'],
  },
  Adamax: {
    slots: ['accumulatedFirstMoment', 'accumulatedWeightedInfNorm'],
    scalars: ['accBeta1', 'iteration'],
  },
  RMSProp: {
    slots: ['accumulatedMeanSquares', 'accumulatedMoments', 'accumulatedMeanGrads'],
    scalars: [],
  },
  Adagrad: { slots: ['accumulatedGrads'], scalars: [] },
  Adadelta: { slots: ['accumulatedGrads', 'accumulatedUpdates'], scalars: [] },
};

/** An optimizer's fields by name. */
export type Fields = Record<string, unknown>;

/** An optimizer of tfjs with what is known of it, and the optimizers that wrap it. */
export interface Unwrapped {
  /** The optimizer of tfjs. */
  readonly optimizer: Optimizer;
  /** Its fields. */
  readonly fields: Fields;
  /** Its class. */
  readonly className: string;
  /** What changes as it trains. */
  readonly kind: Kind;
  /** Those around it, outermost first. */
  readonly wrappers: readonly Fields[];
}

/** Follows `inner` from wrapper to wrapper until it finds an optimizer of tfjs; any other one is an error. */
export function unwrap(optimizer: Optimizer, where: string): Unwrapped {
  const wrappers: Fields[] = [];
  for (let found: unknown = optimizer; typeof found === 'object' && found !== null;) {
    const current = found as Optimizer;
    const fields = found as Fields;
    const className = typeof current.getClassName === 'function' ? current.getClassName() : '';
    // A wrapper may go by the name of what it wraps.
    if (!('inner' in fields) || wrappers.includes(fields)) {
      const kind = Object.hasOwn(kinds, className) ? kinds[className] : undefined;
      if (kind !== undefined) return { optimizer: current, fields, className, kind, wrappers };
      throw unknown(where, className === '' ? 'an object that is no optimizer' : className);
    }
    wrappers.push(fields);
    found = fields['inner'];
  }
  throw unknown(where, wrappers.length > 0 ? 'a wrapper with nothing inside' : String(optimizer));
}

function unknown(where: string, found: string): TrainingError {
  return new TrainingError(
    `${where}: expected an optimizer of tfjs (${Object.keys(kinds).join(', ')}), or one around it as its "inner", found ${found}; use one of these, or save the state yourself.`,
    { code: 'optimizer' },
  );
}
