import {
  add,
  grads,
  mul,
  reshape,
  sqrt,
  square,
  sum,
  tensor,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { penalizedGradient } from '@secateur/backend/kernels';
import type { GroupSet } from '@secateur/groups';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { afterEach, expect, test } from 'vitest';
import { squaredComponentNorms } from '../src/component-norms.ts';
import { planGroups, uploadPlan } from '../src/group-plan.ts';
import { subgradientFactors } from '../src/fused-penalty.ts';
import { penaltySubgradient, type PlainWeights } from '../src/penalty.ts';
import { disposeVariables, groups, makeVariables, shapes, squaresOf, valuesOf } from './helpers.ts';

const lambda = 0.3;
const epsilon = 1e-8;
const close = { rtol: 1e-5, atol: 1e-7 };
type Shapes = Readonly<Record<string, readonly number[]>>;

/** The gradient our code adds, weight after weight; 0 for weights in no group. */
async function penaltyGradient(
  sets: readonly GroupSet[],
  of: Shapes,
  weighting: 'none' | 'sqrt-size' = 'none',
): Promise<{ weights: PlainWeights; gradient: number[] }> {
  const variables = makeVariables(of);
  const plan = uploadPlan(planGroups(sets, of), weighting);
  const weightOf = (name: string): Tensor => variables[name]!;
  const tensors = tidy(() => {
    const factors = subgradientFactors(plan, weightOf, lambda, epsilon);
    return Object.keys(of).map((name) => {
      const zero = mul(weightOf(name), 0);
      const own = factors.get(name);
      return own === undefined
        ? zero
        : penalizedGradient({ gradient: zero, weight: weightOf(name), ...own });
    });
  });
  const gradient = (await Promise.all(tensors.map((t) => t.data()))).flatMap((d) => [...d]);
  tensors.forEach((t) => t.dispose());
  plan.dispose();
  return { weights: await valuesOf(variables), gradient };
}

/** The subgradient in float64, weight after weight. */
function reference(weights: PlainWeights, sets: readonly GroupSet[], by = lambda): number[] {
  return Object.values(penaltySubgradient(weights, sets, by, epsilon)).flatMap((d) => [...d]);
}

describeBackend('the fused penalty', () => {
  afterEach(disposeVariables);

  test('sums squares by component, the recurrent diagonal twice', async () => {
    const variables = makeVariables();
    const plan = uploadPlan(planGroups(groups, shapes), 'none');
    const squares = squaredComponentNorms(plan, (name) => variables[name]!);
    const expected = squaresOf(await valuesOf(variables), groups);
    expectAllClose(await squares.data(), expected, { rtol: 1e-5, atol: 0 });
    squares.dispose();
    plan.dispose();
  });

  test('counts one own entry twice: rows and columns of a 1 x 4 recurrent weight of ones sum to 8', async () => {
    const one = { r: [1, 4] };
    const set: GroupSet = {
      name: 'h',
      count: 1,
      slices: [
        ...[0, 1, 2, 3].map((start) => ({ weight: 'r', axis: 1, start, multiplier: 1 })),
        { weight: 'r', axis: 0, start: 0, multiplier: 1 },
      ],
    };
    const plan = uploadPlan(planGroups([set], one), 'none');
    const ones = tensor([[1, 1, 1, 1]]);
    const squares = squaredComponentNorms(plan, () => ones);
    expect([...(await squares.data())]).toEqual([8]);
    squares.dispose();
    ones.dispose();
    plan.dispose();
  });

  test('equals the subgradient in float64', async () => {
    const { weights, gradient } = await penaltyGradient(groups, shapes);
    expectAllClose(gradient, reference(weights, groups), close);
  });

  test('weighs lambda with the root of the group size on request', async () => {
    const { weights, gradient } = await penaltyGradient(groups, shapes, 'sqrt-size');
    // 4 * 3 + 4 * 4 + 16 + 12 entries in a component of h1, 4 * 4 + 4 * 3 + 12 + 5 in one of h2.
    const h1 = reference(weights, [groups[0]!], lambda * Math.sqrt(56));
    const h2 = reference(weights, [groups[1]!], lambda * Math.sqrt(45));
    expectAllClose(
      gradient,
      h1.map((value, i) => value + h2[i]!),
      close,
    );
  });

  test('handles any rank, slices over one another, and multipliers', async () => {
    const of = { conv: [2, 3, 2, 4], vector: [5] };
    const sets: GroupSet[] = [
      {
        name: 'a',
        count: 2,
        slices: [
          { weight: 'conv', axis: 3, start: 1, multiplier: 1.5 },
          { weight: 'conv', axis: 0, start: 0, multiplier: 1 },
          { weight: 'vector', axis: 0, start: 3, multiplier: 2 },
        ],
      },
      {
        name: 'b',
        count: 3,
        slices: [
          { weight: 'conv', axis: 1, start: 0, multiplier: 1 },
          { weight: 'conv', axis: 3, start: 0, multiplier: 0.5 },
          { weight: 'vector', axis: 0, start: 1, multiplier: 1 },
        ],
      },
    ];
    const { weights, gradient } = await penaltyGradient(sets, of);
    expectAllClose(gradient, reference(weights, sets), close);
  });

  test('equals automatic differentiation of the composed formula', async () => {
    const { gradient } = await penaltyGradient(groups, shapes);
    disposeVariables();
    const variables = makeVariables();
    const names = Object.keys(shapes);
    const composed = (...weights: Tensor[]): Tensor => {
      const at = (name: string): Tensor => weights[names.indexOf(name)]!;
      const columns = (name: string, units: number): Tensor =>
        sum(reshape(sum(square(at(name)), 0), [4, units]), 0);
      const ofRows = (name: string): Tensor => sum(square(at(name)), 1);
      const h1 = [
        columns('lstm1/kernel', 4),
        columns('lstm1/recurrent', 4),
        ofRows('lstm1/recurrent'),
        ofRows('lstm2/kernel'),
      ].reduce((a, b) => add(a, b));
      const h2 = [
        columns('lstm2/kernel', 3),
        columns('lstm2/recurrent', 3),
        ofRows('lstm2/recurrent'),
        ofRows('softmax/kernel'),
      ].reduce((a, b) => add(a, b));
      const bias = mul(sum(at('lstm1/bias')), 0);
      const norms = add(sum(sqrt(add(h1, epsilon))), sum(sqrt(add(h2, epsilon))));
      return mul(add(norms, bias), lambda);
    };
    const automatic = tidy(() => grads(composed)(names.map((name) => variables[name]!)));
    const expected = (await Promise.all(automatic.map((t) => t.data()))).flatMap((d) => [...d]);
    automatic.forEach((t) => t.dispose());
    expectAllClose(gradient, expected, close);
  });

  test('leaves a zero group at zero, and never divides by it', async () => {
    const zeros = tensor([
      [0, 0],
      [3, 4],
    ]);
    const set = [
      { name: 'g', count: 2, slices: [{ weight: 'w', axis: 0, start: 0, multiplier: 1 }] },
    ];
    const plan = uploadPlan(planGroups(set, { w: [2, 2] }), 'none');
    const gradient = tidy(() => {
      const factors = subgradientFactors(plan, () => zeros, 1, epsilon);
      return penalizedGradient({ gradient: mul(zeros, 0), weight: zeros, ...factors.get('w')! });
    });
    expectAllClose(await gradient.data(), [0, 0, 0.6, 0.8], { rtol: 1e-6, atol: 0 });
    gradient.dispose();
    zeros.dispose();
    plan.dispose();
  });
});
