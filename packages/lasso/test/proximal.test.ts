import { dispose, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { shrinkWeight } from '@secateur/backend/kernels';
import type { GroupSet } from '@secateur/groups';
import { describeBackend, expectAllClose } from '@secateur/testing';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { planGroups, uploadPlan } from '../src/group-plan.ts';
import { softThresholdFactors } from '../src/fused-penalty.ts';
import { proximalStep } from '../src/penalty.ts';
import { disposeVariables, groups, makeVariables, rows, shapes, valuesOf } from './helpers.ts';

/** The proximal step of one matrix. */
function prox(values: number[][], sets: readonly GroupSet[], amount: number): number[] {
  const w = tensor2d(values);
  const plan = uploadPlan(planGroups(sets, { w: w.shape }), 'none');
  const out = tidy(() => shrinkWeight(w, softThresholdFactors(plan, () => w, amount).get('w')!, 0));
  const result = [...out.dataSync()];
  dispose([w, out]);
  plan.dispose();
  return result;
}

describeBackend('proximal step', () => {
  afterEach(disposeVariables);

  test('keeps a zero group at zero', () => {
    expect(
      prox(
        [
          [0, 0],
          [0, -0],
        ],
        rows('w', 2),
        0.5,
      ),
    ).toEqual([0, 0, 0, 0]);
  });

  test('shortens a group by eta * lambda and keeps its direction', () => {
    expectAllClose(
      prox(
        [
          [3, -4],
          [6, 8],
        ],
        rows('w', 2),
        1,
      ),
      [2.4, -3.2, 5.4, 7.2],
    );
  });

  test('makes a group of norm <= eta * lambda exactly zero', () => {
    expect(
      prox(
        [
          [3, -4],
          [0.3, -0.4],
        ],
        rows('w', 2),
        5,
      ),
    ).toEqual([0, 0, 0, 0]);
    expect(
      prox(
        [
          [3, -4],
          [30, 40],
        ],
        rows('w', 2),
        5,
      ).slice(0, 2),
    ).toEqual([0, 0]);
  });

  test('is the exact proximal operator of a multiplied norm: 1 - eta * lambda * sqrt(m) / ||w||', () => {
    const factor = 1 - (0.5 * Math.sqrt(2)) / 5;
    expectAllClose(prox([[3, -4]], rows('w', 1, 2), 0.5), [3 * factor, -4 * factor]);
  });

  test('leaves weights outside the groups alone', () => {
    expect(
      prox(
        [
          [1, 2],
          [3, 4],
        ],
        rows('w', 1),
        100,
      ),
    ).toEqual([0, 0, 3, 4]);
  });

  test('never moves two points apart (groups without overlap)', () => {
    const row = fc.array(fc.float({ min: -3, max: 3, noNaN: true }), {
      minLength: 3,
      maxLength: 3,
    });
    const matrix = fc.array(row, { minLength: 2, maxLength: 2 });
    const amount = fc.float({ min: 0, max: 4, noNaN: true });
    const distance = (a: number[], b: number[]): number =>
      Math.hypot(...a.map((v, i) => v - b[i]!));
    fc.assert(
      fc.property(matrix, matrix, amount, (x, y, by) => {
        const moved = distance(prox(x, rows('w', 2), by), prox(y, rows('w', 2), by));
        expect(moved).toBeLessThanOrEqual(distance(x.flat(), y.flat()) * (1 + 1e-5) + 1e-5);
      }),
      { numRuns: 30 },
    );
  });

  test('equals the proximal step in float64, where an entry of two groups gets both factors', async () => {
    const variables = makeVariables();
    const weights = await valuesOf(variables);
    const plan = uploadPlan(planGroups(groups, shapes), 'none');
    const moved = tidy(() => {
      const factors = softThresholdFactors(plan, (name): Tensor => variables[name]!, 0.35);
      return Object.fromEntries(
        [...factors].map(([name, own]) => [name, shrinkWeight(variables[name]!, own, 0)]),
      );
    });
    const expected = proximalStep(weights, groups, 0.35);
    expect(Object.keys(moved)).toHaveLength(5);
    for (const [name, value] of Object.entries(moved)) {
      expectAllClose(await value.data(), expected[name]!);
    }
    dispose(moved);
    plan.dispose();
  });

  test.each([NaN, Infinity])('makes a group with %s NaN instead of zero', (bad) => {
    const [a, b, c, d] = prox(
      [
        [bad, 1],
        [3, 4],
      ],
      rows('w', 2),
      1,
    );
    expect([a, b]).toEqual([NaN, NaN]);
    expectAllClose([c!, d!], [2.4, 3.2]);
  });
});
