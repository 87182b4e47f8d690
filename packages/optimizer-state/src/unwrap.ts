import type { Optimizer, Variable } from '@tensorflow/tfjs-core';
import type { Slot } from './slots.ts';

/*
 * The fields of an optimizer that change as it trains, by class; tfjs has them private, but nowhere else are all their bits:
 * Adam's setWeights recomputes the powers of its betas with `pow`, and they were products; Adamax has no getWeights.
 */
const classes: Readonly<
  Record<string, { readonly slots: readonly string[]; readonly scalars: readonly string[] }>
> = {
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

/**
 * The classes of TensorFlow.js's optimizers.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { setBackend, train } from '@tensorflow/tfjs-core';
 * import { optimizerClasses } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const optimizer = train.adagrad(0.1);
 * optimizerClasses.includes(optimizer.getClassName()); // => true
 * optimizerClasses.length; // => 7
 * optimizer.dispose();
 * ```
 */
export const optimizerClasses: readonly string[] = Object.keys(classes);

/** An optimizer of TensorFlow.js, what it keeps, and the optimizers around it. */
export interface Unwrapped {
  /** The optimizer of TensorFlow.js. */
  readonly optimizer: Optimizer;
  /** Its class, one of {@link optimizerClasses}. */
  readonly className: string;
  /** Its lists of slots by field, empty ones too. */
  readonly slots: Readonly<Record<string, readonly Slot[]>>;
  /** Its other variables by field: scalars. */
  readonly scalars: Readonly<Record<string, Variable>>;
  /** Those around it, which have it as their `inner`, outermost first. */
  readonly wrappers: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Follows `inner` from wrapper to wrapper to an optimizer of TensorFlow.js; where there is none, says in words what is.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { setBackend, train } from '@tensorflow/tfjs-core';
 * import { unwrap } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const optimizer = train.momentum(0.1, 0.9);
 * const found = unwrap({ inner: optimizer });
 * if (typeof found === 'string') throw new Error(`expected an optimizer, found ${found}`);
 * found.className; // => 'Momentum'
 * found.slots; // => { accumulations: [] }
 * unwrap({ inner: undefined }); // => 'a wrapper with nothing inside'
 * optimizer.dispose();
 * ```
 */
export function unwrap(optimizer: unknown): Unwrapped | string {
  const chain = [...optimizerChain(optimizer)];
  const fields = chain.pop();
  if (fields === undefined) return String(optimizer);
  if ('inner' in fields && !isObject(fields['inner'])) return 'a wrapper with nothing inside';
  const inner = fields as unknown as Optimizer;
  const className = typeof inner.getClassName === 'function' ? inner.getClassName() : '';
  if (className === '') return 'an object that is no optimizer';
  if (!Object.hasOwn(classes, className)) return className;
  const { slots, scalars } = classes[className]!;
  return {
    optimizer: inner,
    className,
    slots: pick(fields, slots),
    scalars: pick(fields, scalars),
    wrappers: chain,
  };
}

/**
 * The optimizer inside all wrappers, of whatever class; one without a wrapper is itself.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { setBackend, train } from '@tensorflow/tfjs-core';
 * import { issGroups, parseLayout } from '@secateur/groups';
 * import { groupLasso } from '@secateur/lasso';
 * import { innermost } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const adam = train.adam(0.1);
 * const groups = issGroups(parseLayout('dims h = 2 \n rnn  h -> h'));
 * innermost(groupLasso(adam, groups, { lambda: 0.001 })) === adam; // => true
 * innermost(adam) === adam; // => true
 * adam.dispose();
 * ```
 */
export function innermost(optimizer: Optimizer): Optimizer {
  return optimizerChain(optimizer).at(-1) as unknown as Optimizer;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * An optimizer and those inside it, by `inner`, outermost first. A wrapper may go by the name of what it wraps.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { setBackend, train } from '@tensorflow/tfjs-core';
 * import { optimizerChain } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const sgd = train.sgd(0.1);
 * const lasso = { groups: ['h1'], inner: sgd };
 * const chain = optimizerChain({ clipNorm: 5, inner: lasso });
 * chain.length; // => 3
 * chain.find((each) => 'groups' in each) === lasso; // => true
 * sgd.dispose();
 * ```
 */
export function optimizerChain(optimizer: unknown): readonly Readonly<Record<string, unknown>>[] {
  const chain: Fields[] = [];
  let current = optimizer;
  while (isObject(current) && !chain.includes(current)) {
    chain.push(current);
    current = current['inner'];
  }
  return chain;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function pick<T>(fields: Fields, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, fields[name] as T]));
}

/**
 * Puts a list of slots in the place of one that an optimizer has, which is disposed.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { mul, scalar, setBackend, train, variable } from '@tensorflow/tfjs-core';
 * import { setSlots, unwrap } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const w = variable(scalar(3), true, 'resumed');
 * const found = unwrap(train.momentum(0.5, 0.5));
 * if (typeof found === 'string') throw new Error(`expected an optimizer, found ${found}`);
 * // A saved momentum of 4.
 * const momentum = { originalName: 'resumed/momentum', variable: variable(scalar(4), false) };
 * setSlots(found, 'accumulations', [momentum]);
 * found.optimizer.minimize(() => mul(w, 2)); // It steps by 0.5 * (0.5 * 4 + 2).
 * w.dataSync(); // => [1]
 * w.dispose();
 * found.optimizer.dispose();
 * ```
 */
export function setSlots({ optimizer, slots }: Unwrapped, field: string, list: Slot[]): void {
  for (const slot of slots[field]!) slot.variable.dispose();
  (optimizer as unknown as Record<string, unknown>)[field] = list;
}
