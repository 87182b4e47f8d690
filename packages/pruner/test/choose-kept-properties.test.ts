import { countMacs, countParameters, issGroups, resizeLayout } from '@secateur/groups';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseKept, componentNorms, findRemovable, prune } from '@secateur/pruner';
import { layoutOf, randomWeights, silence } from './random-network.ts';

const recipe = fc.record({
  vocab: fc.integer({ min: 2, max: 5 }),
  embed: fc.integer({ min: 1, max: 4 }),
  layers: fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }), {
    minLength: 1,
    maxLength: 3,
  }),
  products: fc.boolean(),
  seed: fc.integer(),
});

const task = fc.record({
  recipe,
  dead: fc.array(fc.tuple(fc.nat(5), fc.nat(8)), { maxLength: 12 }),
  what: fc.constantFrom('macs', 'parameters', 'bytes'),
  share: fc.double({ min: 0, max: 0.999, noNaN: true }),
  roundTo: fc.integer({ min: 1, max: 4 }),
  atLeast: fc.integer({ min: 1, max: 3 }),
  tied: fc.boolean(),
});

describe('chooseKept of any network', () => {
  test('meets its target to within a step, with the strongest of each dimension and dead ones gone first', () => {
    fc.assert(
      fc.property(task, ({ recipe, dead, what, share, roundTo, atLeast, tied }) => {
        // Tied directions are of one size.
        const layers = tied ? recipe.layers.map((l) => l.map(() => l[0]!)) : recipe.layers;
        const layout = layoutOf({ ...recipe, layers });
        const equal = tied
          ? layers.flatMap((l, i) => (l.length > 1 ? [[`f${i + 1}`, `b${i + 1}`]] : []))
          : [];
        const weights = randomWeights(layout, recipe.seed);
        const dims = issGroups(layout).map(({ name }) => name);
        for (const [d, k] of dead) {
          const dim = dims[d % dims.length]!;
          silence(weights, layout, dim, k % layout.dims[dim]!);
        }
        const cost = (sizes: Readonly<Record<string, number>>): number => {
          const resized = resizeLayout(layout, sizes);
          if (what === 'macs') return countMacs(resized);
          return (what === 'bytes' ? 4 : 1) * countParameters(resized);
        };
        const up = (size: number, dim: string): number =>
          Math.min(Math.ceil(size / roundTo) * roundTo, layout.dims[dim]!);
        const least = cost(Object.fromEntries(dims.map((dim) => [dim, up(atLeast, dim)])));
        const whole = cost({});
        fc.pre(least < whole);
        const target = least + share * (whole - least);
        const options = { [what]: target, roundTo, atLeast, equal };

        const chosen = chooseKept(weights, layout, options);
        const { kept, removed, exact } = chosen;
        expect(chooseKept(weights, layout, options)).toEqual(chosen);
        const sizes = Object.fromEntries(dims.map((dim) => [dim, kept[dim]!.length]));
        expect(prune(weights, layout, kept).layout).toEqual(resizeLayout(layout, sizes));
        expect(chosen.cost).toMatchObject({ before: whole, after: cost(sizes), target });
        expect(cost(sizes)).toBeLessThanOrEqual(target);

        const gone = findRemovable(weights, layout, { atLeast: 0 }).removed;
        const norms = componentNorms(weights, issGroups(layout));
        for (const dim of dims) {
          const size = layout.dims[dim]!;
          expect([...kept[dim]!, ...removed[dim]!].sort((a, b) => a - b)).toEqual(
            Array.from({ length: size }, (_, k) => k),
          );
          expect(kept[dim]).toEqual([...kept[dim]!].sort((a, b) => a - b));
          expect([up(sizes[dim]!, dim), sizes[dim]! >= up(atLeast, dim)]).toEqual([
            sizes[dim],
            true,
          ]);
          const isDead = (k: number): boolean => gone[dim]!.includes(k);
          const weak = removed[dim]!.filter((k) => !isDead(k));
          if (weak.length > 0) expect(kept[dim]!.filter(isDead)).toEqual([]);
          const strongest = Math.max(...weak.map((k) => norms[dim]![k]!));
          for (const k of kept[dim]!) {
            if (!isDead(k)) expect(norms[dim]![k]).toBeGreaterThanOrEqual(strongest);
          }
        }
        const weakGone = dims.some((dim) => removed[dim]!.some((k) => !gone[dim]!.includes(k)));
        expect(exact).toBe(!weakGone);
        if (exact) return;

        // Without the dead ones it costs too much, and so it does with a step more of some dimension.
        const sets = [
          ...equal,
          ...dims.filter((dim) => !equal.flat().includes(dim)).map((d) => [d]),
        ];
        const living = Object.fromEntries(
          sets.flatMap((set) => {
            const most = Math.max(
              ...set.map((d) => up(Math.max(layout.dims[d]! - gone[d]!.length, atLeast), d)),
            );
            return set.map((dim) => [dim, most]);
          }),
        );
        expect(cost(living)).toBeGreaterThan(target);
        const steps = sets.map((set) =>
          cost({
            ...sizes,
            ...Object.fromEntries(set.map((dim) => [dim, up(sizes[dim]! + 1, dim)])),
          }),
        );
        expect(Math.max(...steps)).toBeGreaterThan(target);
      }),
    );
  });
});
