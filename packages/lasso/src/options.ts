import type { Variable } from '@tensorflow/tfjs-core';
import { checkOptions, type OptionNames } from '@secateur/input';
import type { BudgetOptions } from './budget/options.ts';
import { checkNumber } from './check-number.ts';
import { argumentError } from './error.ts';
import { evaluateChecked, type Schedule } from './schedule.ts';

/** Options of {@link groupLasso}. */
export interface GroupLassoOptions {
  /** Strength of the penalty `lambda * sum of ||w_g||`; it must fit the scale of the loss (see the README). Or give a budget. */
  readonly lambda?: Schedule;
  /**
   * What the network may cost in the end, in place of lambda: the strength of a proximal penalty then follows from what is
   * left to remove, and is off as soon as the budget is met. Excludes all settings of the penalty and the threshold.
   */
  readonly budget?: BudgetOptions;
  /** `'subgradient'` (the paper; default) adds `lambda * w / ||w_g||` to the gradient, `'proximal'` shrinks groups after the step. */
  readonly penalty?: 'subgradient' | 'proximal';
  /** Every `|w|` below it becomes 0 after each step; 0 (default) is off, the paper's language model uses 1e-4. */
  readonly threshold?: Schedule;
  /** `'all'` (default, as the paper's language model) thresholds every trained variable, biases and embedding too; `'groups'` only penalized weights. */
  readonly thresholdScope?: 'all' | 'groups';
  /** Largest global norm of all gradients, the penalty's included; left out, nothing is clipped. */
  readonly clipNorm?: number;
  /**
   * L2: `weightDecay / 2` times the sum of squares of every trained variable is added to the loss, its gradient inside the
   * clip; default 0. The paper's RHN uses 1e-7.
   */
  readonly weightDecay?: number;
  /** Added to the squared norm inside the root of the subgradient penalty; 1e-8, as the paper. */
  readonly epsilon?: number;
  /** `'none'` (default, as the paper), or `'sqrt-size'`: lambda times the root of the number of entries of a group. */
  readonly weighting?: 'none' | 'sqrt-size';
  /** Step size of the proximal step; the inner optimizer's learning rate when left out. */
  readonly stepSize?: Schedule;
  /**
   * What to do with a step that brings no gradient for some weight of the groups: `'error'` (default), as the groups are
   * then usually those of another model; or `'ignore'`, which leaves the weight as it is, for steps that train only parts
   * of a model in turn.
   */
  readonly missingGradients?: 'error' | 'ignore';
  /**
   * The variables of the network under the weight names that the groups have, where TensorFlow.js knows them by other names: so two
   * networks of one layout can train in one process. Left out, each has the name of its weight.
   */
  readonly variables?: Readonly<Record<string, Variable>>;
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  /** 0 beside a budget. */
  readonly lambda: Schedule;
  readonly budget: BudgetOptions | undefined;
  readonly penalty: 'subgradient' | 'proximal';
  readonly threshold: Schedule;
  readonly thresholdScope: 'all' | 'groups';
  readonly clipNorm: number | undefined;
  readonly weightDecay: number;
  readonly epsilon: number;
  readonly weighting: 'none' | 'sqrt-size';
  readonly stepSize: Schedule | undefined;
  readonly missingGradients: 'error' | 'ignore';
}

const names: OptionNames<GroupLassoOptions> = {
  lambda: true,
  budget: true,
  penalty: true,
  threshold: true,
  thresholdScope: true,
  clipNorm: true,
  weightDecay: true,
  epsilon: true,
  weighting: true,
  stepSize: true,
  variables: true,
  missingGradients: true,
};

/** What a budget decides by itself. */
const decided = [
  ...(['lambda', 'penalty', 'threshold', 'thresholdScope'] as const),
  ...(['epsilon', 'weighting', 'stepSize'] as const),
];

// The root of anything smaller is below what single precision can divide by.
const smallestEpsilon = 1e-37;

/** Checks options and fills in the defaults; a wrong value is a {@link LassoError} that names the option. */
export function resolveOptions(options: GroupLassoOptions): ResolvedOptions {
  checkOptions('groupLasso', options, names, argumentError);
  const { budget } = options;
  const beside = budget === undefined ? [] : decided.filter((name) => options[name] !== undefined);
  if (beside.length > 0) {
    throw argumentError(
      `groupLasso: expected no ${beside.join(' and ')} beside a budget, which decides it, found both; leave one of the two out.`,
    );
  }
  if (budget === undefined && options.lambda === undefined) {
    throw argumentError(
      'groupLasso: expected a budget such as { layout, macs: 0.4, by: 5000 } or a lambda, found neither; give one of the two.',
    );
  }
  const {
    lambda = 0,
    threshold = 0,
    clipNorm,
    weightDecay = 0,
    epsilon = 1e-8,
    stepSize,
  } = options;
  const { thresholdScope = 'all', weighting = 'none', missingGradients = 'error' } = options;
  const { penalty = budget === undefined ? 'subgradient' : 'proximal' } = options;
  checkSchedule('lambda', lambda);
  checkSchedule('threshold', threshold);
  if (stepSize !== undefined) checkSchedule('stepSize', stepSize);
  checkChoice('penalty', penalty, ['subgradient', 'proximal']);
  checkChoice('thresholdScope', thresholdScope, ['all', 'groups']);
  checkChoice('weighting', weighting, ['none', 'sqrt-size']);
  checkChoice('missingGradients', missingGradients, ['error', 'ignore']);
  const where = 'groupLasso';
  if (clipNorm !== undefined) {
    checkNumber(where, 'clipNorm', clipNorm, { above: 0 }, 'leave it out to clip nothing');
  }
  const decay = "1e-7 is that of the paper's RHN";
  checkNumber(where, 'weightDecay', weightDecay, { least: 0 }, decay);
  const root = "1e-8 is the paper's, and without one a zero group divides by zero";
  checkNumber(where, 'epsilon', epsilon, { least: smallestEpsilon }, root);
  return {
    lambda,
    budget,
    penalty,
    threshold,
    thresholdScope,
    clipNorm,
    weightDecay,
    epsilon,
    weighting,
    stepSize,
    missingGradients,
  };
}

/** The options that give these when they are resolved. */
export function givenOptions(options: ResolvedOptions): GroupLassoOptions {
  const left = Object.entries(options).filter(
    ([name]) => options.budget === undefined || !(decided as readonly string[]).includes(name),
  );
  return Object.fromEntries(left) as GroupLassoOptions;
}

function checkSchedule(option: string, schedule: Schedule): void {
  // A function is asked at every step; a constant can be judged now.
  if (typeof schedule !== 'function') evaluateChecked(schedule, option, 0);
}

function checkChoice(option: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw argumentError(
    `groupLasso: expected ${option} to be '${choices.join("' or '")}', found '${String(value)}'; choose one of them.`,
  );
}
