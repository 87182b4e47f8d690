import type { GroupSet } from '@secateur/groups';
import { expectAllClose } from '@secateur/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planGroups, type Gather } from '../src/group-plan.ts';
import { groups, noise, shapes, squaresOf } from './helpers.ts';

/** What a backend does with a gather: values by index, one past the end reads 0. */
function gather(values: ArrayLike<number>, { index, factor }: Gather): number[] {
  return Array.from(index, (at, i) => (at === values.length ? 0 : values[at]!) * factor[i]!);
}

function sumOf(gathers: readonly number[][], length: number): number[] {
  return Array.from({ length }, (_, i) => gathers.reduce((sum, gather) => sum + gather[i]!, 0));
}

describe('planGroups', () => {
  test('needs as many gathers as the fullest place or component, and no more', () => {
    const plan = planGroups(groups, shapes);
    // Ten slices each; no place of these groups lies in two slices.
    expect(plan.sources).toHaveLength(10);
    expect(plan.targets).toHaveLength(1);
    expect(plan.slices).toBe(16 + 4 + 16 + 4 + 12 + 3 + 12 + 3);
    expect(plan.sets).toEqual([
      { name: 'h1', offset: 0, count: 4 },
      { name: 'h2', offset: 4, count: 3 },
    ]);
  });

  test('counts the entries of a group as the paper does: 24000 and 28000 for (1500, 1500)', () => {
    const h = 1500;
    const gates = [0, 1, 2, 3].map((q) => q * h);
    const lstm = (name: string, next: string): GroupSet => ({
      name,
      count: h,
      slices: [
        ...gates.flatMap((start) => [
          { weight: `${name}/kernel`, axis: 1, start, multiplier: 1 },
          { weight: `${name}/recurrent`, axis: 1, start, multiplier: 1 },
        ]),
        { weight: `${name}/recurrent`, axis: 0, start: 0, multiplier: 1 },
        { weight: next, axis: 0, start: 0, multiplier: 1 },
      ],
    });
    const of = {
      'lstm1/kernel': [h, 4 * h],
      'lstm1/recurrent': [h, 4 * h],
      'lstm2/kernel': [h, 4 * h],
      'lstm2/recurrent': [h, 4 * h],
      'softmax/kernel': [h, 10000],
    };
    const sets = [lstm('lstm1', 'lstm2/kernel'), lstm('lstm2', 'softmax/kernel')];
    const { groupSizes } = planGroups(sets, of);
    expect([...new Set(groupSizes.subarray(0, h))]).toEqual([24000]);
    expect([...new Set(groupSizes.subarray(h))]).toEqual([28000]);
  });

  const slice = fc.record({
    weight: fc.constantFrom('a', 'b'),
    axis: fc.nat(1),
    start: fc.nat(3),
    multiplier: fc.constantFrom(0.5, 1, 2),
  });
  const set = fc.record({
    count: fc.integer({ min: 1, max: 2 }),
    slices: fc.array(slice, { minLength: 1, maxLength: 5 }),
  });
  const sets = fc
    .array(set, { minLength: 1, maxLength: 3 })
    .map((list): GroupSet[] => list.map((s, i) => ({ name: `s${i}`, ...s })));
  const of = { a: [5, 6], b: [6, 5] };

  test('collects the squares of any slices, over one another or not', () => {
    fc.assert(
      fc.property(sets, fc.nat(1000), (some, seed) => {
        const plan = planGroups(some, of);
        const weights = {
          a: { shape: of.a, data: noise(30, seed) },
          b: { shape: of.b, data: noise(30, seed + 1) },
        };
        const slices = plan.weights.flatMap(({ name, shape, axes }) =>
          axes.flatMap((axis) => {
            const all = {
              name,
              count: shape[axis]!,
              slices: [{ weight: name, axis, start: 0, multiplier: 1 }],
            };
            return squaresOf(weights, [all]);
          }),
        );
        const actual = sumOf(
          plan.sources.map((one) => gather(slices, one)),
          plan.components,
        );
        expectAllClose(actual, squaresOf(weights, some));
      }),
    );
  });

  test('hands numbers back along the very connections that collected them', () => {
    fc.assert(
      fc.property(sets, fc.nat(1000), (some, seed) => {
        const plan = planGroups(some, of);
        const slices = noise(plan.slices, seed);
        const components = noise(plan.components, seed + 1);
        const collected = sumOf(
          plan.sources.map((one) => gather(slices, one)),
          plan.components,
        );
        const handed = sumOf(
          plan.targets.map((one) => gather(components, one)),
          plan.slices,
        );
        const dot = (a: readonly number[], b: Float32Array): number =>
          a.reduce((s, v, i) => s + v * b[i]!, 0);
        // Collecting and handing back are each other's transpose.
        expectAllClose(dot(collected, components), dot(handed, slices), { rtol: 1e-9, atol: 1e-9 });
      }),
    );
  });
});
