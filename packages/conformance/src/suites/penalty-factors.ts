import { dispose, tensor1d, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { penaltyFactors, type PenaltyFactorsInputs } from '@secateur/backend/kernels';
import { expectAllClose, numbers } from '@secateur/testing/numeric';
import { describe, expect, test } from 'vitest';
import { read } from '../read.ts';

interface Sizes {
  readonly places: number;
  readonly components: number;
  readonly layers: number;
}

const sizesToTry: readonly Sizes[] = [
  { places: 1, components: 1, layers: 1 },
  { places: 7, components: 2, layers: 3 },
  { places: 17, components: 16, layers: 2 },
  { places: 64, components: 65, layers: 9 },
  { places: 257, components: 63, layers: 4 },
  { places: 1030, components: 256, layers: 2 },
];

const rules = [
  { rule: 'subgradient', lambda: 0.7, epsilon: 1e-8 },
  { rule: 'proximal', lambda: 0.4, epsilon: 0 },
] as const;

/** Seeded groups over places, a few of them pointing past the end, and all numbers as they are in float64. */
function fixture({ places, components, layers }: Sizes) {
  const whole = (count: number, seed: number, limit: number): Int32Array =>
    Int32Array.from(numbers(count, seed), (x) => Math.floor(((x + 1) / 2) * limit) % (limit + 1));
  const positive = (count: number, seed: number): Float32Array =>
    Float32Array.from(numbers(count, seed), (x) => Math.abs(x) + 0.1);
  return {
    squares: positive(places, 1),
    sources: whole(layers * components, 2, places + 1),
    sourceFactors: positive(layers * components, 3),
    targets: whole(layers * places, 4, components + 1),
    targetFactors: positive(layers * places, 5),
    weighting: positive(components, 6),
  };
}

type Fixture = ReturnType<typeof fixture>;

function tensorsOf(values: Fixture, layers: number): PenaltyFactorsInputs {
  const shape = (data: ArrayLike<number>): [number, number] => [layers, data.length / layers];
  return {
    squares: tensor1d(values.squares),
    sources: tensor2d(values.sources, shape(values.sources), 'int32'),
    sourceFactors: tensor2d(values.sourceFactors, shape(values.sourceFactors)),
    targets: tensor2d(values.targets, shape(values.targets), 'int32'),
    targetFactors: tensor2d(values.targetFactors, shape(values.targetFactors)),
    weighting: tensor1d(values.weighting),
  };
}

/** The factor of every place in float64. */
function reference(
  values: Fixture,
  { places, components, layers }: Sizes,
  { rule, lambda, epsilon }: (typeof rules)[number],
): Float64Array {
  const squares = new Float64Array(components);
  for (let at = 0; at < layers * components; at++) {
    const place = values.sources[at]!;
    if (place < places) {
      squares[at % components]! += values.squares[place]! * values.sourceFactors[at]!;
    }
  }
  const factors = new Float64Array(places).fill(rule === 'subgradient' ? 0 : 1);
  for (let at = 0; at < layers * places; at++) {
    const component = values.targets[at]!;
    if (component >= components) continue;
    const strength = lambda * values.weighting[component]! * values.targetFactors[at]!;
    const norm = Math.max(Math.sqrt(squares[component]! + epsilon), 1e-30);
    if (rule === 'subgradient') factors[at % places]! += strength / norm;
    else factors[at % places]! *= Math.max(0, 1 - strength / norm);
  }
  return factors;
}

/** Tests of the kernel `PenaltyFactors`. */
export function penaltyFactorsSuite(): void {
  describe.each(rules)('with the rule $rule', (rule) => {
    test.each(sizesToTry)(
      'agrees with float64 at $components components over $places places, $layers layers',
      async (sizes) => {
        const values = fixture(sizes);
        const inputs = tensorsOf(values, sizes.layers);
        const [found] = await read(() => [penaltyFactors(inputs, rule)]);
        expect(found!.shape).toEqual([sizes.places]);
        const expected = reference(values, sizes, rule);
        const most = expected.reduce((a, b) => Math.max(a, b), 0);
        expectAllClose(found!.data, expected, { rtol: 2e-5, atol: 1e-6 + 1e-6 * most });
        dispose({ ...inputs } as unknown as Record<string, Tensor>);
      },
    );
    test('gives NaN where a norm is not finite, and nowhere else', async () => {
      const [found] = await read(() => [
        penaltyFactors(
          {
            squares: tensor1d([NaN, 4, 1]),
            sources: tensor2d([0, 1], [1, 2], 'int32'),
            sourceFactors: tensor2d([1, 1], [1, 2]),
            targets: tensor2d([0, 1, 2], [1, 3], 'int32'),
            targetFactors: tensor2d([1, 1, 1], [1, 3]),
          },
          rule,
        ),
      ]);
      expect([...found!.data].map(Number.isNaN)).toEqual([true, false, false]);
    });
  });
}
