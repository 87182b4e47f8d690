import type { NamedArray } from '@secateur/groups';
import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32';
import { checkOptions } from '@secateur/input';
import { checkFinite, checkShape } from './check.ts';
import { argumentError } from './error.ts';
import { generator } from './random.ts';
import { foldSeed } from './seed.ts';

/** Makes the first values of a weight from its name and shape. */
export type Initializer = (weight: string, shape: readonly number[]) => NamedArray;

/** Options of {@link uniform}. */
export interface UniformOptions {
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
  /** A whole number; the same seed gives the same values everywhere. */
  readonly seed: number;
}

const uniformNames = { min: true, max: true, seed: true } as const;

/** Options of {@link glorotUniform}. */
export interface GlorotOptions {
  /** A whole number; the same seed gives the same values everywhere. */
  readonly seed: number;
  /** Inputs of a unit, default the product of all axes but the last. */
  readonly fanIn?: number;
  /** Outputs of a unit, default the last axis. */
  readonly fanOut?: number;
}

/**
 * Draws values from the uniform distribution between `min` and `max`.
 *
 * @example
 * ```ts
 * import { uniform } from '@secateur/cells';
 *
 * const { shape, data } = uniform([2, 2], { min: 0, max: 10, seed: 1 });
 * shape; // => [2, 2]
 * data.map(Math.floor); // => [4, 2, 5, 9]
 * ```
 */
export function uniform(shape: readonly number[], options: UniformOptions): NamedArray {
  checkOptions('uniform', options, uniformNames, argumentError);
  return draw('uniform', shape, options);
}

/**
 * Draws values from the uniform distribution between `-a` and `a`, `a = sqrt(6 / (fanIn + fanOut))` (Glorot and Bengio,
 * 2010). Shapes of less than two axes need both fans.
 *
 * @example
 * ```ts
 * import { glorotUniform } from '@secateur/cells';
 *
 * const { data } = glorotUniform([100, 50], { seed: 1 });
 * data.length; // => 5000
 * Math.max(...data).toFixed(2); // => 0.20
 * Math.min(...data).toFixed(2); // => -0.20
 * ```
 */
export function glorotUniform(shape: readonly number[], options: GlorotOptions): NamedArray {
  checkOptions('glorotUniform', options, { seed: true, fanIn: true, fanOut: true }, argumentError);
  checkShape('glorotUniform', shape);
  const { seed, fanIn, fanOut } = options;
  if (shape.length < 2 && (fanIn === undefined || fanOut === undefined)) {
    throw argumentError(
      `glorotUniform: expected at least two axes or both fans, found shape [${shape.join(', ')}]; pass fanIn and fanOut, or start biases at zero.`,
    );
  }
  if (count(shape) === 0) return constant(shape);
  const inputs = fanIn ?? shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const sum = inputs + (fanOut ?? shape.at(-1)!);
  if (!(sum > 0 && Number.isFinite(sum))) {
    throw argumentError(
      `glorotUniform: expected fanIn + fanOut to be above 0, found ${sum}; pass the numbers of inputs and outputs.`,
    );
  }
  const limit = Math.sqrt(6 / sum);
  return draw('glorotUniform', shape, { min: -limit, max: limit, seed });
}

/**
 * Fills a weight with one value, default 0.
 *
 * @example
 * ```ts
 * import { constant } from '@secateur/cells';
 *
 * constant([4]); // => { shape: [4], data: [0, 0, 0, 0] }
 * constant([1, 2], 0.5); // => { shape: [1, 2], data: [0.5, 0.5] }
 * ```
 */
export function constant(shape: readonly number[], value = 0): NamedArray {
  checkShape('constant', shape);
  checkFinite('constant', 'value', value);
  return { shape: [...shape], data: new Float32Array(count(shape)).fill(value) };
}

/**
 * An {@link Initializer} for all weights of a model: matrices uniform between `min` and `max`, each with a seed of its
 * own made from `seed` and its name, and biases 0. The paper's language models use -0.04 to 0.04.
 *
 * @example
 * ```ts
 * import { gruLayer, sequence, uniformWeights } from '@secateur/cells';
 *
 * const net = sequence(gruLayer('gru', { input: 'features', units: 'hidden' }));
 * const init = uniformWeights({ min: -0.04, max: 0.04, seed: 1 });
 * const weights = net.init({ features: 50, hidden: 1 }, init);
 * weights['gru/bias']?.data; // => [0, 0, 0]
 * Math.max(...weights['gru/kernel']!.data).toFixed(2); // => 0.04
 * ```
 */
export function uniformWeights(options: UniformOptions): Initializer {
  checkOptions('uniformWeights', options, uniformNames, argumentError);
  const { min, max, seed } = options;
  return (weight, shape) =>
    shape.length < 2 ? constant(shape) : uniform(shape, { min, max, seed: foldSeed(seed, weight) });
}

/**
 * An {@link Initializer} for all weights of a model: matrices by {@link glorotUniform}, each with a seed of its own made
 * from `seed` and its name, and biases 0.
 *
 * @example
 * ```ts
 * import { glorotWeights, lstmLayer, sequence } from '@secateur/cells';
 *
 * const net = sequence(lstmLayer('lstm', { input: 'features', units: 'hidden' }));
 * const weights = net.init({ features: 44, hidden: 4 }, glorotWeights({ seed: 1 })); // or just 1
 * weights['lstm/bias']?.data.every((value) => value === 0); // => true
 * // The root of 6 / (44 + 4 * 4).
 * Math.max(...weights['lstm/kernel']!.data).toFixed(2); // => 0.32
 * ```
 */
export function glorotWeights(options: Pick<GlorotOptions, 'seed'>): Initializer {
  checkOptions('glorotWeights', options, { seed: true }, argumentError);
  const { seed } = options;
  return (weight, shape) =>
    shape.length < 2 ? constant(shape) : glorotUniform(shape, { seed: foldSeed(seed, weight) });
}

function draw(caller: string, shape: readonly number[], options: UniformOptions): NamedArray {
  checkShape(caller, shape);
  const { min, max, seed } = options;
  checkFinite(caller, 'min', min);
  checkFinite(caller, 'max', max);
  if (min > max) {
    throw argumentError(
      `${caller}: expected min to be at most max, found ${min} and ${max}; swap them.`,
    );
  }
  const random = generator(caller, seed);
  const data = new Float32Array(count(shape));
  for (let i = 0; i < data.length; i++) data[i] = min + (max - min) * uniformFloat32(random);
  return { shape: [...shape], data };
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
