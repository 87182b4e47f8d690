import {
  grad,
  type Optimizer,
  type Scalar,
  tensor,
  type Tensor,
  tidy,
  train as optimizers,
} from '@tensorflow/tfjs-core';
import { constraints, initializers, metrics, regularizers } from '@tensorflow/tfjs-layers';
import { floats } from '@secateur/testing/numeric';
import { withMethods } from './methods.ts';

/** Targets of a loss: numbers of either sign, positive ones, -1 and 1, one class in a row, or its number. */
export type Goal = 'numbers' | 'positive' | 'signs' | 'one-hot' | 'classes';

/** Every loss that `model.compile` knows by name, with the targets that it takes. */
export const losses: Readonly<Record<string, Goal>> = {
  meanSquaredError: 'numbers',
  meanAbsoluteError: 'numbers',
  meanAbsolutePercentageError: 'numbers',
  meanSquaredLogarithmicError: 'positive',
  squaredHinge: 'signs',
  hinge: 'signs',
  categoricalHinge: 'one-hot',
  logcosh: 'numbers',
  categoricalCrossentropy: 'one-hot',
  sparseCategoricalCrossentropy: 'classes',
  binaryCrossentropy: 'one-hot',
  kullbackLeiblerDivergence: 'one-hot',
  poisson: 'positive',
  cosineProximity: 'numbers',
};

/** Every optimizer of `tf.train`; a new one does not compile. */
export const optimizersByName: Readonly<
  Record<Exclude<keyof typeof optimizers, 'prototype'>, () => Optimizer>
> = {
  sgd: () => optimizers.sgd(0.1),
  momentum: () => optimizers.momentum(0.1, 0.9, true),
  adagrad: () => optimizers.adagrad(0.1),
  adadelta: () => optimizers.adadelta(1, 0.95, 1e-7),
  adam: () => optimizers.adam(0.01, 0.9, 0.999, 1e-7),
  adamax: () => optimizers.adamax(0.01, 0.9, 0.999, 1e-7, 0.01),
  rmsprop: () => optimizers.rmsprop(0.01, 0.9, 0.5, 1e-7, true),
};

const weight = (): Tensor => tensor(floats(12, 3), [3, 4]);
const flags = (): Tensor => tensor([1, 0, 0, 0, 0, 1, 0, 1, 0], [3, 3]);
const probabilities = (): Tensor => tensor([0.7, 0.2, 0.1, 0.3, 0.3, 0.4, 0.1, 0.8, 0.1], [3, 3]);

const metricOf = (name: keyof typeof metrics) => (): Tensor =>
  (metrics[name] as (a: Tensor, b: Tensor) => Tensor)(flags(), probabilities());

/** Every metric, constraint, initializer and regularizer of `tf.layers` on something; a new one does not compile. */
export const functions: Readonly<
  Record<
    | keyof typeof metrics
    | keyof typeof constraints
    | keyof typeof initializers
    | keyof typeof regularizers,
    () => Tensor
  >
> = {
  binaryAccuracy: metricOf('binaryAccuracy'),
  binaryCrossentropy: metricOf('binaryCrossentropy'),
  sparseCategoricalAccuracy: () =>
    metrics.sparseCategoricalAccuracy(tensor([0, 2, 1], [3, 1]), probabilities()),
  categoricalAccuracy: metricOf('categoricalAccuracy'),
  categoricalCrossentropy: metricOf('categoricalCrossentropy'),
  precision: () => metrics.precision(flags(), tensor([1, 1, 0, 0, 0, 1, 0, 0, 1], [3, 3])),
  recall: () => metrics.recall(flags(), tensor([1, 1, 0, 0, 0, 1, 0, 0, 1], [3, 3])),
  cosineProximity: metricOf('cosineProximity'),
  meanAbsoluteError: metricOf('meanAbsoluteError'),
  meanAbsolutePercentageError: metricOf('meanAbsolutePercentageError'),
  MAPE: metricOf('MAPE'),
  mape: metricOf('mape'),
  meanSquaredError: metricOf('meanSquaredError'),
  MSE: metricOf('MSE'),
  mse: metricOf('mse'),
  r2Score: () => withMethods(metricOf('r2Score')),

  maxNorm: () => constraints.maxNorm({ maxValue: 0.7, axis: 0 }).apply(weight()),
  unitNorm: () => constraints.unitNorm({ axis: 0 }).apply(weight()),
  nonNeg: () => constraints.nonNeg().apply(weight()),
  minMaxNorm: () =>
    constraints.minMaxNorm({ minValue: 0.6, maxValue: 0.9, rate: 0.5, axis: 1 }).apply(weight()),

  zeros: () => initializers.zeros().apply([2, 3]),
  ones: () => initializers.ones().apply([2, 3]),
  constant: () => initializers.constant({ value: 3 }).apply([2, 3]),
  randomUniform: () => initializers.randomUniform({ minval: -1, maxval: 1, seed: 1 }).apply([2, 3]),
  randomNormal: () => initializers.randomNormal({ mean: 0, stddev: 1, seed: 1 }).apply([2, 3]),
  truncatedNormal: () =>
    initializers.truncatedNormal({ mean: 0, stddev: 1, seed: 1 }).apply([2, 3]),
  identity: () => initializers.identity({ gain: 2 }).apply([3, 3]),
  varianceScaling: () =>
    initializers
      .varianceScaling({ scale: 1, mode: 'fanIn', distribution: 'normal', seed: 1 })
      .apply([2, 3]),
  glorotUniform: () => initializers.glorotUniform({ seed: 1 }).apply([2, 3]),
  glorotNormal: () => initializers.glorotNormal({ seed: 1 }).apply([2, 3]),
  heNormal: () => initializers.heNormal({ seed: 1 }).apply([2, 3]),
  heUniform: () => initializers.heUniform({ seed: 1 }).apply([2, 3]),
  leCunNormal: () => initializers.leCunNormal({ seed: 1 }).apply([2, 3]),
  leCunUniform: () => initializers.leCunUniform({ seed: 1 }).apply([2, 3]),
  orthogonal: () => withMethods(() => initializers.orthogonal({ gain: 1, seed: 1 }).apply([5, 3])),

  l1: () => slope(regularizers.l1({ l1: 0.1 })),
  l2: () => slope(regularizers.l2({ l2: 0.1 })),
  l1l2: () => slope(regularizers.l1l2({ l1: 0.1, l2: 0.2 })),
};

/** The gradient of a penalty. */
const slope = (penalty: { apply(x: Tensor): Scalar }): Tensor =>
  tidy(() => grad((x) => penalty.apply(x))(weight()));
