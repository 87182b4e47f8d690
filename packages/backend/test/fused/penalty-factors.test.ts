import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { BackendError } from '@secateur/backend';
import {
  composedPenaltyFactors,
  penaltyFactors,
  type PenaltyFactorsInputs,
  type PenaltyRule,
} from '@secateur/backend/kernels';
import { describeBackend, expectAllClose } from '@secateur/testing';
import { expect, test } from 'vitest';

/** Two components over five places: the first has places 0 and 1, the second 1 (twice) and 3; nobody has place 4. */
function twoComponents(squares: number[], weighting?: number[]): PenaltyFactorsInputs {
  return {
    squares: tensor1d(squares, 'float32'),
    sources: tensor2d([0, 1, 1, 3, 5, 2], [3, 2], 'int32'),
    sourceFactors: tensor2d([1, 2, 1, 1, 1, 0.5], [3, 2], 'float32'),
    targets: tensor2d([0, 0, 1, 1, 2, 2, 1, 2, 2, 2], [2, 5], 'int32'),
    targetFactors: tensor2d([1, 1, 0.5, 1, 1, 1, 2, 1, 1, 1], [2, 5], 'float32'),
    weighting: weighting === undefined ? undefined : tensor1d(weighting, 'float32'),
  };
}

/** Fused and composed in turn. */
function both(inputs: () => PenaltyFactorsInputs, settings: PenaltyRule): number[][] {
  return [penaltyFactors, composed].map((run) =>
    tidy(() => Array.from(run(inputs(), settings).dataSync())),
  );
}

function composed({ weighting, ...rest }: PenaltyFactorsInputs, settings: PenaltyRule) {
  const inputs = weighting === undefined ? rest : { ...rest, weighting };
  return composedPenaltyFactors({ ...inputs }, { ...settings })[0];
}

// S of the first component: 4 + 5 = 9; of the second: 2 * 5 + 6 + 0.5 * 0 = 16.
const squares = [4, 5, 0, 6, 7];

describeBackend('penaltyFactors', () => {
  test('adds lambda over the norm for each component that covers a place', () => {
    const settings = { rule: 'subgradient', lambda: 12, epsilon: 0 } as const;
    for (const factors of both(() => twoComponents(squares), settings)) {
      // 12 / 3 = 4 and 12 / 4 = 3.
      expectAllClose(factors, [4, 4 + 2 * 3, 0.5 * 3, 3, 0]);
    }
  });

  test('adds epsilon under the root, so that a dead component has a finite factor', () => {
    const settings = { rule: 'subgradient', lambda: 1, epsilon: 1e-8 } as const;
    for (const factors of both(() => twoComponents([0, 0, 0, 0, 1]), settings)) {
      expectAllClose(factors, [1e4, 3e4, 0.5e4, 1e4, 0]);
    }
  });

  test('multiplies what the proximal step leaves, and nothing where no component is', () => {
    const settings = { rule: 'proximal', lambda: 1.5, epsilon: 0 } as const;
    for (const factors of both(() => twoComponents(squares), settings)) {
      const second = 1.5 / 4;
      expectAllClose(factors, [0.5, 0.5 * (1 - 2 * second), 1 - 0.5 * second, 1 - second, 1]);
    }
  });

  test('never turns a weight around: a small group gets 0', () => {
    const settings = { rule: 'proximal', lambda: 3.5, epsilon: 0 } as const;
    for (const factors of both(() => twoComponents(squares), settings)) {
      expectAllClose(factors, [0, 0, 1 - 0.5 * (3.5 / 4), 0.125, 1]);
    }
    for (const factors of both(() => twoComponents([0, 0, 0, 0, 0]), settings)) {
      expectAllClose(factors, [0, 0, 0, 0, 1]);
    }
  });

  test('weights the components', () => {
    const settings = { rule: 'subgradient', lambda: 12, epsilon: 0 } as const;
    for (const factors of both(() => twoComponents(squares, [2, 10]), settings)) {
      expectAllClose(factors, [8, 8 + 60, 15, 30, 0]);
    }
  });

  test.each([['subgradient'], ['proximal']] as const)(
    'a norm that is not finite gives NaN, in its own places only: %s',
    (rule) => {
      const settings = { rule, lambda: 1, epsilon: 0 };
      for (const factors of both(() => twoComponents([Number.NaN, 5, 0, 6, 7]), settings)) {
        expect(factors.map(Number.isNaN)).toEqual([true, true, false, false, false]);
      }
    },
  );

  test('an infinite norm is no dead group for the proximal step', () => {
    const settings = { rule: 'proximal', lambda: 1, epsilon: 0 } as const;
    for (const factors of both(() => twoComponents([Infinity, 5, 0, 6, 7]), settings)) {
      expect(factors.map(Number.isNaN)).toEqual([true, true, false, false, false]);
    }
  });

  test('says what does not fit', () => {
    const settings = { rule: 'subgradient', lambda: 1, epsilon: 0 } as const;
    tidy(() => {
      const inputs = twoComponents(squares);
      expect(() => penaltyFactors({ ...inputs, squares: tensor1d([1, 2]) }, settings)).toThrow(
        new BackendError(
          'penaltyFactors: expected targets to be int32 [?, 2], found int32 [2, 5]; check the order of its axes and its dtype.',
        ),
      );
      expect(() => penaltyFactors({ ...inputs, weighting: tensor1d([1]) }, settings)).toThrow(
        'expected weighting to be float32 [2], found float32 [1]',
      );
      const none = tensor2d([], [0, 2], 'int32');
      const nothing = tensor2d([], [0, 2], 'float32');
      expect(() =>
        penaltyFactors({ ...inputs, sources: none, sourceFactors: nothing }, settings),
      ).toThrow('expected at least one layer of sources and of targets, found 0 and 2');
    });
  });
});
