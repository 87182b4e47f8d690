import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import {
  composedPenaltyFactors,
  contracts,
  penaltyFactors,
  type PenaltyFactorsInputs,
  type PenaltyRule,
} from '@secateur/backend/kernels';
import { expect, test } from 'vitest';
import { expectAllClose } from '../expect-all-close.ts';
import { read } from '../read.ts';
import type { InputValues, NamedSizes } from './inputs.ts';
import { kernelSuite, type SuiteOptions } from './suite.ts';

const sizesOf = (
  slices: number,
  components: number,
  perComponent: number,
  perSlice = perComponent,
): NamedSizes => ({
  slices,
  components,
  'slices of a component': perComponent,
  'components of a slice': perSlice,
});

/** The factor of every slice in float64. */
function reference(values: InputValues, { rule, lambda, epsilon }: PenaltyRule, sizes: NamedSizes) {
  const { squares, sources, sourceFactors, targets, targetFactors, weighting } = values;
  const [slices, components] = [sizes['slices'] as number, sizes['components'] as number];
  const norms = new Float64Array(components);
  sources!.forEach((slice, at) => {
    if (slice < slices) norms[at % components]! += squares![slice]! * sourceFactors![at]!;
  });
  const factors = new Float64Array(slices).fill(rule === 'subgradient' ? 0 : 1);
  targets!.forEach((component, at) => {
    if (component >= components) return;
    const strength = lambda * (weighting?.[component] ?? 1) * targetFactors![at]!;
    const norm = Math.max(Math.sqrt(norms[component]! + epsilon), 1e-30);
    if (rule === 'subgradient') factors[at % slices]! += strength / norm;
    else factors[at % slices]! *= Math.max(0, 1 - strength / norm);
  });
  return factors;
}

/** Two components over five slices: the first has slices 0 and 1, the second 1 (twice) and 3; nobody has slice 4. */
const twoComponents = (squares: number[], weighting?: number[]): PenaltyFactorsInputs => ({
  squares: tensor1d(squares, 'float32'),
  sources: tensor2d([0, 1, 1, 3, 5, 2], [3, 2], 'int32'),
  sourceFactors: tensor2d([1, 2, 1, 1, 1, 0.5], [3, 2], 'float32'),
  targets: tensor2d([0, 0, 1, 1, 2, 2, 1, 2, 2, 2], [2, 5], 'int32'),
  targetFactors: tensor2d([1, 1, 0.5, 1, 1, 1, 2, 1, 1, 1], [2, 5], 'float32'),
  weighting: weighting && tensor1d(weighting, 'float32'),
});
// Their squared norms: 4 + 5 = 9 and 2 * 5 + 6 + 0.5 * 0 = 16.
const squares = [4, 5, 0, 6, 7];

/** The factors of the two components, fused and composed. */
async function factorsOf(
  squaresOf: number[],
  rule: PenaltyRule['rule'],
  lambda: number,
  { epsilon = 0, weighting }: { epsilon?: number; weighting?: number[] } = {},
): Promise<number[][]> {
  const settings = { rule, lambda, epsilon };
  const outputs = await read(() => {
    const { weighting: given, ...rest } = twoComponents(squaresOf, weighting);
    const inputs = { ...rest, ...(given && { weighting: given }) };
    return [penaltyFactors(inputs, settings), composedPenaltyFactors({ ...inputs }, settings)[0]];
  });
  return outputs.map(({ data }) => [...data]);
}

const expectBoth = (actual: readonly number[][], expected: number[]): void => {
  for (const factors of actual) expectAllClose(factors, expected);
};

/** Tests of the kernel `PenaltyFactors`. */
export function penaltyFactorsSuite(options?: SuiteOptions): void {
  kernelSuite<PenaltyRule>(
    {
      contract: contracts.PenaltyFactors,
      caller: 'penaltyFactors',
      call: (inputs: PenaltyFactorsInputs, rule) => [penaltyFactors(inputs, rule)],
      composed: composedPenaltyFactors,
      sizes: [
        sizesOf(3, 2, 2),
        sizesOf(1, 1, 1),
        sizesOf(7, 2, 3, 2),
        sizesOf(17, 16, 2),
        sizesOf(131, 131, 1),
        sizesOf(64, 65, 9),
        sizesOf(257, 63, 4),
        sizesOf(1030, 256, 2),
        sizesOf(2, 0, 1),
        sizesOf(0, 2, 1),
      ],
      pastEnd: true,
      adapt: (values) => {
        const positive = ['squares', 'sourceFactors', 'targetFactors', 'weighting'].map(
          (name) => [name, values[name]!.map((x) => Math.abs(x / 2) + 0.1)] as const,
        );
        return { ...values, ...Object.fromEntries(positive) };
      },
      attributes: [
        { rule: 'subgradient', lambda: 0.7, epsilon: 1e-8 },
        { rule: 'proximal', lambda: 0.4, epsilon: 0 },
      ],
      reference: (...given) => [reference(...given)],
      // Beside a factor of 1e4, of a component that has no slice.
      close: { rtol: 2e-5, atol: 5e-2 },
    },
    options,
  );

  test('adds lambda over the norm for each component that covers a slice', async () => {
    // 12 / 3 = 4 and 12 / 4 = 3.
    expectBoth(await factorsOf(squares, 'subgradient', 12), [4, 4 + 2 * 3, 0.5 * 3, 3, 0]);
  });

  test('weights the components', async () => {
    const weighted = await factorsOf(squares, 'subgradient', 12, { weighting: [2, 10] });
    expectBoth(weighted, [8, 8 + 60, 15, 30, 0]);
  });

  test('adds epsilon under the root, so that a dead component has a finite factor', async () => {
    const dead = await factorsOf([0, 0, 0, 0, 1], 'subgradient', 1, { epsilon: 1e-8 });
    expectBoth(dead, [1e4, 3e4, 0.5e4, 1e4, 0]);
  });

  test('multiplies what the proximal step leaves, and nothing where no component is', async () => {
    const second = 1.5 / 4;
    expectBoth(await factorsOf(squares, 'proximal', 1.5), [
      0.5,
      0.5 * (1 - 2 * second),
      1 - 0.5 * second,
      1 - second,
      1,
    ]);
  });

  test('never turns a weight around: a small group gets 0', async () => {
    expectBoth(await factorsOf(squares, 'proximal', 3.5), [0, 0, 1 - 0.5 * (3.5 / 4), 0.125, 1]);
    expectBoth(await factorsOf([0, 0, 0, 0, 0], 'proximal', 3.5), [0, 0, 0, 0, 1]);
  });

  const rules = ['subgradient', 'proximal'] as const;
  test.each(rules.flatMap((rule) => [NaN, Infinity].map((square) => ({ rule, square }))))(
    'a norm of $square gives NaN, in its own slices only: $rule',
    async ({ rule, square }) => {
      for (const factors of await factorsOf([square, 5, 0, 6, 7], rule, 1))
        expect(factors.map(Number.isNaN)).toEqual([true, true, false, false, false]);
    },
  );
}
