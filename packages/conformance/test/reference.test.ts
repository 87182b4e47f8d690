import { layoutShapes } from '@secateur/groups';
import { findRemovable } from '@secateur/pruner';
import { numbers } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { trainReference, type Float64Weights } from '../src/loop/reference.ts';
import { firstWeights, layout, loops } from '../src/loop/setup.ts';

const shapes = layoutShapes(layout);

function keptBy(
  weights: Float64Weights,
  tolerance: number,
): Readonly<Record<string, readonly number[]>> {
  const arrays = Object.fromEntries(
    Object.entries(weights).map(([name, data]) => [
      name,
      { shape: shapes[name]!, data: Float32Array.from(data) },
    ]),
  );
  return findRemovable(arrays, layout, { tolerance, atLeast: 0 }).kept;
}

describe.each(loops)('the reference with the $penalty penalty', (options) => {
  const expected = { h1: [0, 1, 3, 4, 6, 7], h2: [0, 1, 3, 4] };

  test('learns, and its small components die long before the end while the others stay far from it', () => {
    const history: Readonly<Record<string, readonly number[]>>[] = [];
    let last: Float64Weights = {};
    const { losses } = trainReference(firstWeights(options.seed), options, (weights) => {
      history.push(keptBy(weights, 0));
      last = weights;
    });
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 1);
    expect(history[0]!['h1']).toHaveLength(9);
    for (const kept of history.slice(-10)) expect(kept).toEqual(expected);
    // Some entry that reads each survivor is ten thresholds away from zero.
    expect(keptBy(last, 10 * options.threshold)).toEqual(expected);
  });

  test('keeps the same components when its first weights are off by what single precision may err', () => {
    for (const seed of [1, 2, 3]) {
      const first = firstWeights(options.seed);
      for (const [name, { data }] of Object.entries(first)) {
        const noise = numbers(data.length, seed, 1e-5);
        first[name]!.data.set(data.map((value, at) => value * (1 + noise[at]!)));
      }
      expect(keptBy(trainReference(first, options).weights, 0)).toEqual(expected);
    }
  });
});
