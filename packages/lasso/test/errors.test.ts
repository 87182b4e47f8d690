import { memory, tensor, train, type Optimizer, type Tensor } from '@tensorflow/tfjs-core';
import type { GroupSet } from '@secateur/groups';
import { describeBackend } from '@secateur/testing';
import { afterEach, describe, expect, test } from 'vitest';
import {
  groupLasso,
  LassoError,
  paperLasso,
  type GroupLassoOptions,
  type Schedule,
} from '../src/index.ts';
import {
  bits,
  disposeVariables,
  groups,
  makeVariable,
  makeVariables,
  rows,
  shapes,
} from './helpers.ts';

/** What an action throws. */
function thrown(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a throw, found none');
}

describeBackend('groupLasso refuses', () => {
  afterEach(disposeVariables);

  const sgd = (): Optimizer => train.sgd(1);
  const wrap = (options: object, sets: readonly GroupSet[] = groups): void => {
    const inner = sgd();
    try {
      groupLasso(inner, sets, options as GroupLassoOptions);
    } finally {
      inner.dispose();
    }
  };

  test.each<[object, string]>([
    [
      { lambda: -1 },
      'groupLasso: expected lambda to be a finite number >= 0, found -1; give 0 to switch it off.',
    ],
    [{ lambda: NaN }, 'expected lambda to be a finite number >= 0, found NaN'],
    [{}, 'expected a budget such as { layout, macs: 0.4, by: 5000 } or a lambda, found neither'],
    [
      { lambda: 1, threshold: -1e-4 },
      'expected threshold to be a finite number >= 0, found -0.0001',
    ],
    [
      { lambda: 1, stepSize: Infinity },
      'expected stepSize to be a finite number >= 0, found Infinity',
    ],
    [
      { lambda: 1, clipNorm: 0 },
      'expected clipNorm to be a finite number > 0, found 0; leave it out to clip nothing.',
    ],
    [
      { lambda: 1, epsilon: 0 },
      "expected epsilon to be a finite number >= 1e-37, found 0; 1e-8 is the paper's",
    ],
    [
      { lambda: 1, penalty: 'prox' },
      "expected penalty to be 'subgradient' or 'proximal', found 'prox'; choose one of them.",
    ],
    [
      { lambda: 1, thresholdScope: 'most' },
      "expected thresholdScope to be 'all' or 'groups', found 'most'",
    ],
    [
      { lambda: 1, weighting: 'size' },
      "expected weighting to be 'none' or 'sqrt-size', found 'size'",
    ],
    [
      { lambda: 1, missingGradients: 'skip' },
      "expected missingGradients to be 'error' or 'ignore', found 'skip'",
    ],
    // JavaScript compares a text of a number as a number, and adds it as a text: 9 + '1e-8' is 91e-8.
    [
      { lambda: 1, epsilon: '1e-8' },
      'expected epsilon to be a finite number >= 1e-37, found "1e-8"',
    ],
    [{ lambda: 1, clipNorm: '5' }, 'expected clipNorm to be a finite number > 0, found "5"; leave'],
    [
      { lambda: 1, weightDecay: '0.1' },
      'expected weightDecay to be a finite number >= 0, found "0.1"',
    ],
    [
      { lambda: 1, weightDecay: null },
      'expected weightDecay to be a finite number >= 0, found null',
    ],
    [
      { lambda: 1, weightDecay: true },
      'expected weightDecay to be a finite number >= 0, found true',
    ],
    [{ lambda: '0.1' }, 'expected lambda to be a finite number >= 0, found "0.1"'],
    [
      { lambda: 1, lamda: 1 },
      'stepSize, variables, missingGradients, found "lamda"; correct it or leave it out.',
    ],
  ])('options %j', (options, message) => {
    const error = thrown(() => wrap(options));
    expect(error).toMatchObject({ code: 'argument' });
    expect(error).toBeInstanceOf(LassoError);
    expect(error.name).toBe('LassoError');
    expect(error.message).toContain(message);
  });

  test.each<[string, unknown, string]>([
    [
      'no groups',
      [],
      'expected a list of at least one group set, found none; without groups there is no penalty',
    ],
    ['no list', null, 'expected a list of at least one group set, found null'],
    [
      'a set without slices',
      [{ name: 'h', count: 1, slices: [] }],
      'expected group set "h" to have slices, found none',
    ],
    [
      'an empty set',
      [{ name: 'h', count: 0, slices: [] }],
      'expected group set "h" to count at least one component, found 0',
    ],
    [
      'a name twice',
      [...rows('w', 1), ...rows('w', 1)],
      'expected each group set to have a name of its own, found "rows" twice',
    ],
    [
      'a slice that makes no sense',
      rows('w', 1, -1),
      'found {"weight":"w","axis":0,"start":0,"multiplier":-1} in group set "rows"',
    ],
    [
      'a multiplier that is a text',
      rows('w', 1, '2' as unknown as number),
      'found {"weight":"w","axis":0,"start":0,"multiplier":"2"} in group set "rows"',
    ],
  ])('%s', (_, sets, message) => {
    expect(thrown(() => wrap({ lambda: 1 }, sets as GroupSet[])).message).toContain(message);
  });

  test('what is no optimizer', () => {
    expect(() => groupLasso('sgd' as unknown as Optimizer, groups, { lambda: 1 })).toThrow(
      'groupLasso: expected a TensorFlow.js optimizer such as train.sgd(1), found sgd',
    );
  });

  test('a proximal step without a step size', () => {
    const custom = {
      minimize: 1,
      computeGradients: 1,
      applyGradients: 1,
      getClassName: () => 'Mine',
    };
    const optimizer = custom as unknown as Optimizer;
    expect(() => groupLasso(optimizer, groups, { lambda: 1, penalty: 'proximal' })).toThrow(
      "groupLasso: expected an optimizer with a learning rate for penalty 'proximal', found none on Mine; pass stepSize.",
    );
    expect(() => groupLasso(optimizer, groups, { lambda: 1 }).setLearningRate(1)).toThrow(
      'setLearningRate: expected an optimizer with a learning rate, found none on Mine',
    );
  });

  test('a weight name that no variable has, at the first step and on request', () => {
    const variables = makeVariables({ ...shapes, 'softmax/kernal': [3, 5] });
    variables['softmax/kernel']!.dispose();
    const optimizer = groupLasso(sgd(), groups, { lambda: 1 });
    const gradient = tensor([[1]]);
    const message =
      'expected a variable named "softmax/kernel" (group set "h2"), found "softmax/kernal" as the nearest name; give groups and variables the same names, and create the variables first.';
    expect(() => optimizer.checkVariables()).toThrow(
      expect.objectContaining({ code: 'variables' }),
    );
    expect(() => optimizer.checkVariables()).toThrow(`checkVariables: ${message}`);
    expect(() => optimizer.applyGradients({ 'lstm1/bias': gradient })).toThrow(
      `applyGradients: ${message}`,
    );
    gradient.dispose();
    optimizer.dispose();
  });

  test('groups before there are variables', async () => {
    const optimizer = groupLasso(sgd(), groups, { lambda: 1 });
    expect(() => optimizer.checkVariables()).toThrow('found no variables at all');
    await expect(optimizer.metrics()).rejects.toThrow('metrics: expected a variable named');
    await expect(optimizer.norms()).rejects.toThrow('norms: expected a variable named');
    optimizer.dispose();
  });

  test('groups that reach beyond a weight', () => {
    makeVariables();
    const sets = [
      {
        name: 'h',
        count: 4,
        slices: [{ weight: 'lstm2/kernel', axis: 1, start: 9, multiplier: 1 }],
      },
    ];
    const optimizer = groupLasso(sgd(), sets, { lambda: 0 });
    expect(() => optimizer.checkVariables()).toThrow(
      'checkVariables: expected weight "lstm2/kernel" to have indices 9 to 12 on axis 1 (group set "h"), found shape [4, 12]; were the groups built for another hidden size?',
    );
    optimizer.setGroups([{ ...sets[0]!, slices: [{ ...sets[0]!.slices[0]!, axis: 2 }] }]);
    expect(() => optimizer.checkVariables()).toThrow(
      'on axis 2 (group set "h"), found shape [4, 12]',
    );
    expect(() => optimizer.setGroups([])).toThrow(
      'setGroups: expected a list of at least one group set',
    );
    optimizer.dispose();
  });

  test('a schedule that turns negative, without a step and without a leak', () => {
    const w = makeVariable('w', [1, 2], [1, 2]);
    const optimizer = groupLasso(sgd(), rows('w', 1), { lambda: (step) => 1 - 2 * step });
    const gradient = tensor([[0, 0]]);
    optimizer.applyGradients({ w: gradient });
    const before = memory().numTensors;
    expect(() => optimizer.applyGradients({ w: gradient })).toThrow(
      'groupLasso: expected lambda to be a finite number >= 0, found -1 from its schedule at step 1; give 0 to switch it off.',
    );
    expect(memory().numTensors).toBe(before);
    expect(optimizer.step).toBe(1);
    expect(w.isDisposed).toBe(false);
    gradient.dispose();
    optimizer.dispose();
  });

  test.each<[string, Schedule | undefined, string]>([
    ['a step size', (step) => (step < 1 ? 0.1 : NaN), 'stepSize to be a finite number >= 0, found'],
    ['a learning rate', undefined, 'the learning rate to be a finite number >= 0, found NaN'],
  ])('%s that turns NaN, before the step', async (_, stepSize, message) => {
    const w = makeVariable('w', [3, 4], [1, 2]);
    const inner = train.adam(0.1);
    const given = stepSize === undefined ? {} : { stepSize };
    const options = { lambda: 1, penalty: 'proximal', ...given } as const;
    const optimizer = groupLasso(inner, rows('w', 1), options);
    const gradient = tensor([[1, 1]]);
    optimizer.applyGradients({ w: gradient });
    const [before, tensors] = [await bits(w), memory().numTensors];
    if (stepSize === undefined) (inner as unknown as { learningRate: number }).learningRate = NaN;
    expect(() => optimizer.applyGradients({ w: gradient })).toThrow(message);
    expect(await bits(w)).toEqual(before);
    expect([optimizer.step, inner.iterations, memory().numTensors]).toEqual([1, 1, tensors]);
    gradient.dispose();
    optimizer.dispose();
  });

  test('a step after dispose()', () => {
    makeVariable('w', [1, 2], [1, 2]);
    const gradient = tensor([[0, 0]]);
    for (const inner of [sgd(), train.adam(0.1)]) {
      const optimizer = groupLasso(inner, rows('w', 1), { lambda: 0.1 });
      optimizer.applyGradients({ w: gradient });
      optimizer.dispose();
      optimizer.dispose();
      expect(() => optimizer.applyGradients({ w: gradient })).toThrow(
        expect.objectContaining({ name: 'LassoError', code: 'argument' }),
      );
      expect(() => optimizer.applyGradients({ w: gradient })).toThrow(
        'applyGradients: expected an optimizer that is in use, found one after dispose(); make another.',
      );
    }
    gradient.dispose();
  });

  describe('variables that change under the optimizer:', () => {
    const gradient = (): Tensor => tensor([[1, 1]]);

    test('one that is gone', () => {
      makeVariable('w', [1, 2], [1, 2]);
      const bias = makeVariable('bias', [1, 2], [1, 2]);
      const optimizer = groupLasso(train.adam(1), rows('w', 1), { lambda: 1 });
      const [a, b] = [gradient(), gradient()];
      optimizer.applyGradients({ w: a, bias: b });
      bias.dispose();
      expect(() => optimizer.applyGradients({ w: a })).toThrow(
        /^applyGradients: expected a variable named "bias", which earlier steps trained, found ".*" as the nearest name; keep the names when you replace variables and call setGroups, or start a new optimizer\.$/,
      );
      expect(() => optimizer.applyGradients({ w: a, other: b })).toThrow(
        'expected a variable named',
      );
      a.dispose();
      b.dispose();
      optimizer.dispose();
    });

    test('a gradient for an unknown one', () => {
      makeVariable('w', [1, 2], [1, 2]);
      const optimizer = groupLasso(sgd(), rows('w', 1), { lambda: 1 });
      const a = gradient();
      expect(() => optimizer.applyGradients({ v: a })).toThrow(
        'applyGradients: expected a variable named "v", which a gradient is for, found "w" as the nearest name',
      );
      expect(() =>
        optimizer.applyGradients([
          { name: 'w', tensor: a },
          { name: 'w', tensor: a },
        ]),
      ).toThrow(
        'applyGradients: expected one gradient a variable, found two for "w"; add them up first.',
      );
      a.dispose();
      optimizer.dispose();
    });

    test('a smaller one whose state was not compacted with it', () => {
      const old = makeVariable('bias', [1, 2], [1, 2]);
      makeVariable('w', [1, 2], [1, 2]);
      const options = { lambda: 1, missingGradients: 'ignore' } as const;
      const optimizer = groupLasso(train.adam(1), rows('w', 1), options);
      const a = gradient();
      optimizer.applyGradients({ bias: a });
      old.dispose();
      makeVariable('bias', [1]);
      expect(() => optimizer.applyGradients({ w: a })).toThrow(
        'applyGradients: expected the optimizer\'s state of "bias" to have the shape of the variable, [1], found [1, 2]; compact the optimizer together with the variables, or start a new one.',
      );
      a.dispose();
      optimizer.dispose();
    });
  });

  test('steps and learning rates that are none', () => {
    const optimizer = groupLasso(sgd(), groups, { lambda: 1 });
    expect(() => optimizer.setStep(1.5)).toThrow(
      'setStep: expected a whole number >= 0, found 1.5',
    );
    expect(() => optimizer.setLearningRate(NaN)).toThrow(
      'setLearningRate: expected the rate to be a finite number >= 0, found NaN',
    );
    for (const [rate, found] of [
      [-1, '-1'],
      [undefined, 'undefined'],
      ['0.1', '"0.1"'],
    ]) {
      expect(() => (optimizer.learningRate = rate as number)).toThrow(
        `learningRate: expected the rate to be a finite number >= 0, found ${found}; check the learning rate schedule.`,
      );
    }
    expect(optimizer.learningRate).toBe(1);
    optimizer.dispose();
  });
});

describe('paperLasso', () => {
  test('scales lambda and clip with the loss, not the threshold', () => {
    expect(paperLasso()).toEqual({ lambda: 0.00245, threshold: 1e-4, clipNorm: 10 });
    const { lambda, threshold, clipNorm } = paperLasso({ lossDividedBy: 35 });
    expect([lambda, threshold, clipNorm]).toEqual([0.00245 / 35, 1e-4, 10 / 35]);
    for (const [lossDividedBy, found] of [
      [0, '0'],
      ['35', '"35"'],
    ] as const) {
      expect(() => paperLasso({ lossDividedBy: lossDividedBy as number })).toThrow(
        `paperLasso: expected lossDividedBy to be a finite number > 0, found ${found}`,
      );
    }
  });
});
