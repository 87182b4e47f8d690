import { recurrentDims, type Layout } from '@secateur/groups';
import fc from 'fast-check';
import { rhnLanguageModelLayout } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { findRemovable, prune } from '@secateur/pruner';
import { layoutOf, logitsOf, randomWeights, silence, type Recipe } from './random-network.ts';
import { rhnLogits } from './rhn-network.ts';

const units = fc.integer({ min: 2, max: 4 });
const recipes: fc.Arbitrary<Recipe> = fc.record({
  vocab: fc.integer({ min: 2, max: 5 }),
  embed: fc.integer({ min: 1, max: 3 }),
  layers: fc.array(fc.array(units, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
  products: fc.boolean(),
  seed: fc.integer({ min: 1, max: 2 ** 30 }),
});

/** Chooses dead components by number, leaving at least one alive in each dimension. */
function choose(layout: Layout, picks: readonly number[]): Record<string, number[]> {
  const chosen: Record<string, number[]> = {};
  recurrentDims(layout).forEach((dim, d) => {
    const size = layout.dims[dim]!;
    const mask = picks[d % picks.length]!;
    const dead = Array.from({ length: size }, (_, k) => k).filter((k) => (mask >> k) & 1);
    chosen[dim] = dead.length === size ? dead.slice(1) : dead;
  });
  return chosen;
}

function largestGap(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

const masks = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 6 });

describe('findRemovable and prune', () => {
  test('leave the logits of any network as they are: biases on dead units, both directions, product rows', () => {
    fc.assert(
      fc.property(recipes, masks, (recipe, picks) => {
        const layout = layoutOf(recipe);
        const weights = randomWeights(layout, recipe.seed);
        const dead = choose(layout, picks);
        for (const [dim, indices] of Object.entries(dead)) {
          for (const k of indices) silence(weights, layout, dim, k);
        }
        const found = findRemovable(weights, layout);
        expect(found.removed).toEqual(dead);
        const ids = Array.from({ length: 4 }, (_, t) => (t * 7 + recipe.seed) % recipe.vocab);
        const smaller = prune(weights, layout, found.kept);
        const gap = largestGap(
          logitsOf(weights, recipe, ids),
          logitsOf(smaller.weights, recipe, ids),
        );
        expect(gap).toBeLessThanOrEqual(1e-12);
      }),
      { numRuns: 60 },
    );
  });

  test('find and remove components that are read by removable ones alone, layer behind layer', () => {
    fc.assert(
      fc.property(recipes, masks, (recipe, picks) => {
        const layout = layoutOf(recipe);
        const weights = randomWeights(layout, recipe.seed);
        const dead = choose(layout, picks);
        // Each dead component still feeds dead ones of larger number or later layers, so the search needs rounds.
        const dims = recurrentDims(layout);
        for (const [dim, indices] of Object.entries(dead)) {
          for (const k of indices) {
            silence(weights, layout, dim, k, (other, j) => {
              if (!dead[other]?.includes(j)) return false;
              return other === dim ? j > k : dims.indexOf(other) > dims.indexOf(dim);
            });
          }
        }
        const found = findRemovable(weights, layout);
        expect(found.removed).toEqual(dead);
        const ids = [0, 1, 1, 0];
        const smaller = prune(weights, layout, found.kept);
        const gap = largestGap(
          logitsOf(weights, recipe, ids),
          logitsOf(smaller.weights, recipe, ids),
        );
        expect(gap).toBeLessThanOrEqual(1e-12);
      }),
      { numRuns: 60 },
    );
  });

  test('leave the logits as they are with dead components kept for atLeast', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const layout = layoutOf(recipe);
        const weights = randomWeights(layout, recipe.seed);
        for (const dim of recurrentDims(layout)) {
          for (let k = 0; k < layout.dims[dim]!; k++) silence(weights, layout, dim, k);
        }
        const { kept } = findRemovable(weights, layout, { atLeast: 2 });
        for (const indices of Object.values(kept)) expect(indices).toHaveLength(2);
        const ids = [1, 0, 1];
        const smaller = prune(weights, layout, kept);
        const gap = largestGap(
          logitsOf(weights, recipe, ids),
          logitsOf(smaller.weights, recipe, ids),
        );
        expect(gap).toBeLessThanOrEqual(1e-12);
      }),
      { numRuns: 20 },
    );
  });

  test('leave the logits as they are with dead components kept for equal sizes, over layers and directions', () => {
    const chained = fc.boolean();
    const equalRecipes = fc.tuple(recipes, units).map(([recipe, size]) => ({
      ...recipe,
      layers: recipe.layers.map((l) => l.map(() => size)),
    }));
    fc.assert(
      fc.property(equalRecipes, masks, chained, (recipe, picks, spare) => {
        const layout = layoutOf(recipe);
        const weights = randomWeights(layout, recipe.seed);
        const dead = choose(layout, picks);
        const dims = recurrentDims(layout);
        for (const [dim, indices] of Object.entries(dead)) {
          for (const k of indices) {
            // With `spare` dead components are still read by dead ones of later layers, one of which may be padding.
            silence(
              weights,
              layout,
              dim,
              k,
              (other, j) =>
                spare &&
                dead[other]?.includes(j) === true &&
                dims.indexOf(other) > dims.indexOf(dim),
            );
          }
        }
        const { kept, removed, padded, exact } = findRemovable(weights, layout, { equal: [dims] });
        const largest = Math.max(...dims.map((dim) => layout.dims[dim]! - dead[dim]!.length));
        for (const dim of dims) {
          expect(kept[dim]).toHaveLength(largest);
          expect([...padded[dim]!, ...removed[dim]!].sort()).toEqual(dead[dim]);
          expect(kept[dim]).toEqual([...kept[dim]!].sort());
        }
        expect(exact).toBe(true);
        const ids = [0, 1, 1, 0];
        const smaller = prune(weights, layout, kept);
        const gap = largestGap(
          logitsOf(weights, recipe, ids),
          logitsOf(smaller.weights, recipe, ids),
        );
        expect(gap).toBeLessThanOrEqual(1e-12);
      }),
      { numRuns: 40 },
    );
  });

  test('leave the logits of a Recurrent Highway Network as they are: all depths, input and tied embedding at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 30 }),
        fc.integer({ min: 1, max: 14 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(0, -2),
        (seed, mask, depth, transformBias) => {
          const layout = rhnLanguageModelLayout({ vocab: 5, width: 4, depth });
          // Biases, those of dead components too, are random and not zero.
          const weights = randomWeights(layout, seed);
          const dead = [0, 1, 2, 3].filter((k) => (mask >> k) & 1);
          for (const k of dead) silence(weights, layout, 'width', k);
          const found = findRemovable(weights, layout);
          expect(found.removed).toEqual({ width: dead });
          const smaller = prune(weights, layout, found.kept);
          const left = 4 - dead.length;
          expect(smaller.weights['embedding']!.shape).toEqual([5, left]);
          expect(smaller.weights['rhn/kernel']!.shape).toEqual([left, 2 * left]);
          expect(smaller.weights['rhn/recurrent']!.shape).toEqual([left, 2 * depth * left]);
          const sentences = [[4, 0, 2, 2, 1]];
          const gap = largestGap(
            rhnLogits(weights, sentences, transformBias),
            rhnLogits(smaller.weights, sentences, transformBias),
          );
          expect(gap).toBeLessThanOrEqual(1e-12);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a component of such a network that one depth still reads stays', () => {
    const layout = rhnLanguageModelLayout({ vocab: 5, width: 4, depth: 3 });
    const weights = randomWeights(layout, 3);
    silence(weights, layout, 'width', 1);
    // Row 1, the block of the third depth's transform gate.
    weights['rhn/recurrent']!.data[1 * 24 + 5 * 4 + 2] = 1e-3;
    expect(findRemovable(weights, layout).removed).toEqual({ width: [] });
  });
});
