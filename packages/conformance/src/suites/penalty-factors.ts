import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { penaltyFactors, type PenaltyRule } from '@whittle/backend';
import { expectAllClose, numbers } from '@whittle/testing/numeric';
import { describe, expect, test } from 'vitest';
import { read, type Values } from '../read.ts';

/** Groups over places as arrays; an index of `places` or `components` stands for none. */
interface Connections {
  readonly places: number;
  readonly components: number;
  readonly sources: readonly (readonly number[])[];
  readonly sourceFactors: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  readonly targetFactors: readonly (readonly number[])[];
}

/** Pseudo-random connections; one index in four stands for none. */
function connect(places: number, components: number, layers: number): Connections {
  const indices = (size: number, limit: number, seed: number): number[][] =>
    Array.from({ length: layers }, (_, layer) =>
      [...numbers(size, seed + layer, 1)].map((x) =>
        Math.min(limit, Math.floor(((x + 1) / 2) * limit * 1.33)),
      ),
    );
  const factors = (size: number, seed: number): number[][] =>
    Array.from({ length: layers }, (_, layer) =>
      [...numbers(size, seed + layer, 1)].map((x) => Math.fround(1 + x / 2)),
    );
  return {
    places,
    components,
    sources: indices(components, places, 3),
    sourceFactors: factors(components, 13),
    targets: indices(places, components, 23),
    targetFactors: factors(places, 33),
  };
}

function reference(
  squares: ArrayLike<number>,
  groups: Connections,
  { rule, lambda, epsilon }: PenaltyRule,
  weighting: ArrayLike<number> | undefined,
): number[] {
  const part = Array.from({ length: groups.components + 1 }, (_, k) => {
    if (k === groups.components) return 0;
    const total = groups.sources.reduce((sum, layer, at) => {
      const place = layer[k]!;
      return place === groups.places ? sum : sum + squares[place]! * groups.sourceFactors[at]![k]!;
    }, 0);
    const strength = lambda * (weighting?.[k] ?? 1);
    return strength / (rule === 'subgradient' ? Math.sqrt(total + epsilon) : Math.sqrt(total));
  });
  return Array.from({ length: groups.places }, (_, place) =>
    groups.targets.reduce(
      (factor, layer, at) => {
        const own = part[layer[place]!]! * groups.targetFactors[at]![place]!;
        return rule === 'subgradient' ? factor + own : factor * Math.max(0, 1 - own);
      },
      rule === 'subgradient' ? 0 : 1,
    ),
  );
}

async function found(
  squares: ArrayLike<number>,
  groups: Connections,
  settings: PenaltyRule,
  weighting?: ArrayLike<number>,
): Promise<Values> {
  const { places, components, sources, targets } = groups;
  const layers = sources.length;
  const [factors] = await read(() => [
    penaltyFactors(
      {
        squares: tensor1d(Float32Array.from(squares)),
        sources: tensor2d(Int32Array.from(sources.flat()), [layers, components], 'int32'),
        sourceFactors: tensor2d(Float32Array.from(groups.sourceFactors.flat()), [
          layers,
          components,
        ]),
        targets: tensor2d(Int32Array.from(targets.flat()), [layers, places], 'int32'),
        targetFactors: tensor2d(Float32Array.from(groups.targetFactors.flat()), [layers, places]),
        weighting: weighting === undefined ? undefined : tensor1d(Float32Array.from(weighting)),
      },
      settings,
    ),
  ]);
  return factors!;
}

/** Tests of the kernel `PenaltyFactors`. */
export function penaltyFactorsSuite(): void {
  describe.each(['subgradient', 'proximal'] as const)('%s', (rule) => {
    const settings = { rule, lambda: 0.7, epsilon: 1e-8 };
    test.each([
      [1, 1, 1],
      [7, 3, 1],
      [9, 4, 2],
      [65, 63, 5],
      [257, 33, 11],
    ])('agrees with float64 for %i places, %i components, %i layers', async (...sizes) => {
      const groups = connect(...sizes);
      const squares = numbers(groups.places, 41, 1).map((x) => Math.fround(x * x + 0.01));
      const weighting = numbers(groups.components, 51, 1).map((x) => Math.fround(1 + x / 2));
      // A component without places has no norm: its factor is that of a dead one, too large to compare.
      const alive = groups.sources[0]!.map((place) => (place === groups.places ? 0 : place));
      const living = { ...groups, sources: [alive, ...groups.sources.slice(1)] };
      for (const given of [undefined, weighting]) {
        const factors = await found(squares, living, settings, given);
        expect(factors.shape).toEqual([groups.places]);
        expectAllClose(factors.data, reference(squares, living, settings, given));
      }
    });
    test('turns a norm that is no number into NaN, in its own places alone', async () => {
      const groups = {
        ...{ places: 3, components: 2, sources: [[0, 1]], sourceFactors: [[1, 1]] },
        ...{ targets: [[0, 1, 2]], targetFactors: [[1, 1, 1]] },
      };
      const { data } = await found([NaN, 4, 9], groups, settings);
      expect([...data].map(Number.isNaN)).toEqual([true, false, false]);
    });
  });
  test('zeroes what a proximal step would turn around', async () => {
    const groups = {
      ...{ places: 3, components: 3, sources: [[0, 1, 2]], sourceFactors: [[1, 1, 1]] },
      ...{ targets: [[0, 1, 2]], targetFactors: [[1, 1, 1]] },
    };
    const settings = { rule: 'proximal', lambda: 2, epsilon: 0 } as const;
    const { data } = await found([16, 1, 0], groups, settings);
    expect([...data]).toEqual([0.5, 0, 0]);
  });
}
