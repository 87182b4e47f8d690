import {
  add,
  engine,
  memory,
  Optimizer,
  scalar,
  square,
  tidy,
  train,
  variable,
  type Scalar,
  type Variable,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { issGroups, type GroupSet } from '@secateur/groups';
import { innermost, slotLists } from '@secateur/optimizer-state';
import { describeBackend } from '@secateur/testing';
import { expect, test } from 'vitest';
import { compact, fetchVariables, readVariables, verify } from '@secateur/pruner/tfjs';
import { PrunerError } from '@secateur/pruner';
import {
  dead,
  deadWeights,
  disposeAll,
  layout,
  lossOf,
  makeData,
  makeVariables,
  predict,
} from './stacked-lstm.ts';

const optimizers: Record<string, () => Optimizer> = {
  sgd: () => train.sgd(0.5),
  momentum: () => train.momentum(0.1, 0.9),
  nesterov: () => train.momentum(0.1, 0.9, true),
  adam: () => train.adam(0.01),
  adamax: () => train.adamax(0.01),
  rmsprop: () => train.rmsprop(0.01, 0.9, 0.5),
  adagrad: () => train.adagrad(0.05),
  adadelta: () => train.adadelta(0.5, 0.9),
  'a wrapper around adam': () => new Wrapper(train.adam(0.01)),
};

/** What a group-lasso optimizer looks like from here: it delegates. */
class Wrapper extends Optimizer {
  static readonly className = 'Wrapper';
  readonly inner: Optimizer;
  constructor(inner: Optimizer) {
    super();
    this.inner = inner;
  }
  override applyGradients(gradients: Parameters<Optimizer['applyGradients']>[0]): void {
    this.inner.applyGradients(gradients);
  }
  override dispose(): void {
    this.inner.dispose();
  }
  getConfig(): Record<string, never> {
    return {};
  }
}

/** One that penalizes groups as well. */
class Penalizer extends Wrapper {
  groups: readonly GroupSet[];
  constructor(inner: Optimizer, groups: readonly GroupSet[]) {
    super(inner);
    this.groups = groups;
  }
  setGroups(groups: readonly GroupSet[]): void {
    this.groups = groups;
  }
}

interface Training {
  variables: Record<string, Variable>;
  optimizer: Optimizer;
}

/** Steps without a list of variables, so that the optimizer takes all that are registered, in that order. */
function steps(training: Training, data: ReturnType<typeof makeData>, count: number): number[] {
  return Array.from({ length: count }, () => {
    const loss = training.optimizer.minimize(() => lossOf(training.variables, data), true)!;
    const [value] = loss.dataSync();
    loss.dispose();
    return value!;
  });
}

function finish({ variables, optimizer }: Training): void {
  disposeAll(variables);
  optimizer.dispose();
  // TensorFlow.js's momentum forgets its learning rate, and adamax most of its state.
  disposeAll(Object.values(optimizer).filter(isTensor));
}

function slotsOf(optimizer: Optimizer): Record<string, number[]> {
  const slots = slotLists(innermost(optimizer)).flat();
  return Object.fromEntries(
    slots.map(({ originalName, variable }) => [originalName, [...variable.dataSync()]]),
  );
}

function betaPowers(optimizer: Optimizer): number[] {
  const adam = ('inner' in optimizer ? optimizer.inner : optimizer) as unknown as Record<
    string,
    Variable
  >;
  return ['accBeta1', 'accBeta2'].flatMap((name) => [...(adam[name]?.dataSync() ?? [])]);
}

describeBackend('compact', () => {
  test.each(Object.entries(optimizers))(
    'continues a training with %s as if nothing had been removed',
    async (_, makeOptimizer) => {
      const data = makeData();
      const dense: Training = {
        variables: makeVariables(deadWeights()),
        optimizer: makeOptimizer(),
      };
      const expected = steps(dense, data, 12);
      finish(dense);

      const training: Training = {
        variables: makeVariables(deadWeights()),
        optimizer: makeOptimizer(),
      };
      const found = steps(training, data, 6);
      const powers = betaPowers(training.optimizer);
      const slots = slotsOf(training.optimizer);
      const tensors = memory().numTensors;
      const result = await compact({ ...training, layout });
      expect(memory().numTensors).toBe(tensors);
      expect(result.removed).toEqual(dead);
      expect(result.layout.dims).toEqual({ x: 2, h1: 2, h2: 2, y: 2 });
      expect(betaPowers(training.optimizer)).toEqual(powers);
      expect(Object.keys(slotsOf(training.optimizer))).toEqual(Object.keys(slots));

      training.variables = result.variables;
      found.push(...steps(training, data, 6));
      expect(memory().numTensors).toBe(tensors);
      found.forEach((loss, i) => expect(loss).toBeCloseTo(expected[i]!, 5));
      expect(found.at(-1)).toBeLessThan(found[0]!);
      finish(training);
      disposeAll(data);
    },
  );

  test('cuts slots at the same places as their variables', async () => {
    const data = makeData();
    const optimizer = train.adam(0.01);
    const before = makeVariables(deadWeights());
    steps({ variables: before, optimizer }, data, 2);
    const old = slotsOf(optimizer);
    const { variables } = await compact({ variables: before, optimizer, layout });
    const now = slotsOf(optimizer);
    // Units 0 and 3 of h1 in rows of 12 columns for h2 = 3, of which units 1 and 2 stay in each gate.
    const columns = [1, 2, 4, 5, 7, 8, 10, 11];
    for (const slot of ['m', 'v']) {
      const name = `lstm2/kernel/${slot}`;
      expect(now[name]).toEqual(
        [0, 3].flatMap((row) => columns.map((c) => old[name]![row * 12 + c])),
      );
    }
    expect(optimizer.iterations).toBe(2);
    finish({ variables, optimizer });
    disposeAll(data);
  });

  test('cuts all three slots of a centred rmsprop', async () => {
    const data = makeData();
    // Its formula has no value at gradients of zero, so its state is all that is looked at here.
    const optimizer = train.rmsprop(0.01, 0.9, 0.5, 1e-3, true);
    const before = makeVariables(deadWeights());
    steps({ variables: before, optimizer }, data, 1);
    const old = slotsOf(optimizer);
    const { variables } = await compact(
      { variables: before, optimizer, layout },
      { kept: { h2: [0, 2] } },
    );
    const now = slotsOf(optimizer);
    for (const slot of ['rms', 'momentum', 'mg']) {
      const name = `out/kernel/${slot}`;
      expect(now[name]).toEqual([0, 1, 4, 5].map((i) => old[name]![i]));
    }
    finish({ variables, optimizer });
    disposeAll(data);
  });

  test('keeps variables and slots of a dense network bit for bit', async () => {
    const data = makeData();
    const optimizer = train.adam(0.01);
    const weights = deadWeights();
    for (const { data: values } of Object.values(weights)) {
      values.forEach((value, i) => (values[i] = value || 0.1));
    }
    const variables = makeVariables(weights);
    steps({ variables, optimizer }, data, 3);
    const [values, slots, powers] = [
      readVariables(variables),
      slotsOf(optimizer),
      betaPowers(optimizer),
    ];
    const result = await compact({ variables, optimizer, layout });
    expect(result.removed).toEqual({ h1: [], h2: [] });
    expect(readVariables(result.variables)).toEqual(values);
    expect(slotsOf(optimizer)).toEqual(slots);
    expect(betaPowers(optimizer)).toEqual(powers);
    finish({ variables: result.variables, optimizer });
    disposeAll(data);
  });

  test('replaces variables under their names and places and disposes the old ones', async () => {
    const data = makeData();
    const before = makeVariables(deadWeights());
    const order = Object.keys(engine().registeredVariables);
    const expected = tidy(() => predict(before, data.x));
    const { variables } = await compact({ variables: before, layout });
    expect(Object.keys(engine().registeredVariables)).toEqual(order);
    expect(before['lstm1/kernel']!.isDisposed).toBe(true);
    expect(variables['lstm1/kernel']!.name).toBe('lstm1/kernel');
    expect(variables['lstm1/kernel']!.shape).toEqual([2, 8]);
    expect(variables['out/bias']).toBe(before['out/bias']);
    const { maxAbsDifference, values } = await verify(
      () => expected,
      () => tidy(() => predict(variables, data.x)),
    );
    expect(values).toBe(24);
    expect(maxAbsDifference).toBeLessThan(1e-6);
    disposeAll(variables, data);
  });

  test('takes the kept indices it is given', async () => {
    const variables = makeVariables(deadWeights());
    const result = await compact({ variables, layout }, { kept: { h2: [2] } });
    expect(result.layout.dims['h1']).toBe(4);
    expect(result.removed).toEqual({ h2: [0, 1] });
    expect(result.variables['out/kernel']!.shape).toEqual([1, 2]);
    disposeAll(result.variables);
  });

  test('makes the groups of an optimizer those of what is left', async () => {
    for (const dims of [['h1', 'h2'], ['h2']]) {
      const optimizer = new Penalizer(train.sgd(1), issGroups(layout, { dims }));
      const training = { variables: makeVariables(deadWeights()), layout, optimizer };
      const result = await compact(training);
      expect(result.optimizer).toBe(optimizer);
      expect(optimizer.groups).toEqual(issGroups(result.layout, { dims }));
      finish(result);
    }
  });

  test('keeps the multipliers of groups, also inside another optimizer, and drops what is empty', async () => {
    const slice = { weight: 'lstm2/kernel', axis: 0, start: 0, multiplier: 2 };
    const fixed = { name: 'x', count: 1, slices: [{ ...slice, weight: 'lstm1/kernel', start: 1 }] };
    const sets = [
      { name: 'h1', count: 4, slices: [slice] },
      ...issGroups(layout, { dims: ['h2'] }),
      fixed,
    ];
    const inside = new Penalizer(train.sgd(1), sets);
    const training = {
      variables: makeVariables(deadWeights()),
      layout,
      optimizer: new Wrapper(inside),
    };
    const result = await compact(training, { kept: { h1: [0, 3], h2: [] } });
    expect(inside.groups).toEqual([{ name: 'h1', count: 2, slices: [slice] }, fixed]);
    finish(result);
  });

  test.each<[string, readonly GroupSet[], string]>([
    [
      'lose a part of a component',
      [
        {
          name: 'odd',
          count: 2,
          slices: [
            { weight: 'lstm2/kernel', axis: 0, start: 0, multiplier: 1 },
            { weight: 'out/bias', axis: 0, start: 0, multiplier: 1 },
          ],
        },
      ],
      'compact: expected groups of whole components of the layout, found "odd", of which "lstm2/kernel" keeps others than "out/bias"; make them with issGroups(layout).',
    ],
    [
      'have nothing left',
      [
        {
          name: 'gone',
          count: 2,
          slices: [{ weight: 'lstm2/kernel', axis: 0, start: 1, multiplier: 1 }],
        },
      ],
      'compact: expected a component of gone to be left, found none; the penalty has removed all, so take a smaller lambda.',
    ],
  ])('refuses groups that %s, and changes nothing', async (_, groups, text) => {
    const optimizer = new Penalizer(train.sgd(1), groups);
    const variables = makeVariables(deadWeights());
    await expect(compact({ variables, optimizer, layout })).rejects.toThrow(text);
    expect(optimizer.groups).toBe(groups);
    expect(variables['lstm1/kernel']!.isDisposed).toBe(false);
    finish({ variables, optimizer });
  });

  test('counts the components that are left by their first indices', async () => {
    const first = await compact({ variables: makeVariables(deadWeights()), layout });
    expect(first.originalIndices).toEqual({ h1: [0, 3], h2: [1, 2] });
    const second = await compact(first, { kept: { h1: [1] } });
    expect(second.originalIndices).toEqual({ h1: [3], h2: [1, 2] });
    expect(second.layout.dims).toMatchObject({ h1: 1, h2: 2 });
    disposeAll(second.variables);
  });

  test('looks for them in the dimensions it is given', async () => {
    const variables = makeVariables(deadWeights());
    const result = await compact({ variables, layout, dims: ['h2'] });
    expect(result.removed).toEqual({ h2: dead.h2 });
    expect(result.layout.dims['h1']).toBe(4);
    disposeAll(result.variables);
  });

  test('finds the slots when other variables are registered between those that shrink', async () => {
    const data = makeData();
    const run = async (compacting: boolean): Promise<number[]> => {
      const { 'lstm1/kernel': first, ...rest } = deadWeights();
      const start = makeVariables({ 'lstm1/kernel': first! });
      const between = makeVariable('between', 0.5);
      const optimizer = train.momentum(0.1, 0.9);
      let variables = { ...start, ...makeVariables(rest) };
      const step = (): number => {
        const loss = () => add(lossOf(variables, data), square(between)) as Scalar;
        const value = optimizer.minimize(loss, true)!;
        const [number] = value.dataSync();
        value.dispose();
        return number!;
      };
      const losses = [step(), step(), step()];
      if (compacting) ({ variables } = await compact({ variables, optimizer, layout }));
      losses.push(step(), step(), step());
      finish({ variables, optimizer });
      between.dispose();
      return losses;
    };
    const expected = await run(false);
    const found = await run(true);
    found.forEach((loss, i) => expect(loss).toBeCloseTo(expected[i]!, 5));
    disposeAll(data);
  });

  test('compacts again and again with the number of tensors flat', async () => {
    const data = makeData();
    const training: Training = {
      variables: makeVariables(deadWeights()),
      optimizer: train.adam(0.001),
    };
    steps(training, data, 1);
    const tensors = memory().numTensors;
    let own = layout;
    for (let round = 0; round < 10; round++) {
      steps(training, data, 2);
      const result = await compact({ ...training, layout: own });
      training.variables = result.variables;
      own = result.layout;
      expect(memory().numTensors).toBe(tensors);
    }
    finish(training);
    disposeAll(data);
  });

  test('says that it knows no state of an optimizer of another kind, and changes nothing', async () => {
    const optimizer = new Wrapper(undefined as unknown as Optimizer);
    const variables = makeVariables(deadWeights());
    const attempt = compact({ variables, optimizer, layout });
    await expect(attempt).rejects.toThrow(PrunerError);
    await expect(attempt).rejects.toThrow(
      'compact: expected an optimizer of TensorFlow.js, or one around it as its "inner", found a wrapper with nothing inside; its state cannot be made smaller.',
    );
    expect(variables['lstm1/kernel']!.isDisposed).toBe(false);
    disposeAll(variables);
  });

  test('refuses slots of another model and changes nothing', async () => {
    const stranger = makeVariable('stranger', 1);
    const optimizer = train.momentum(0.1, 0.9);
    optimizer.minimize(() => square(stranger) as Scalar, false, [stranger]);
    stranger.dispose();
    const variables = makeVariables(deadWeights());
    await expect(compact({ variables, optimizer, layout })).rejects.toThrow(
      'expected optimizer slots named after variables, found "stranger/momentum" and no variable "stranger"',
    );
    expect(variables['lstm1/kernel']!.isDisposed).toBe(false);
    finish({ variables, optimizer });
  });

  test.each(['momentum', 'adam', 'rmsprop', 'adagrad', 'adadelta'])(
    'refuses state of %s that has the names of a model before it was loaded again',
    async (kind) => {
      const data = makeData();
      const saved = makeVariables(deadWeights());
      const optimizer = optimizers[kind]!();
      steps({ variables: saved, optimizer }, data, 2);
      const weights = await fetchVariables(saved);
      const renamed = Object.entries(weights).map(([name, value]) => [`${name}_1`, value] as const);
      const loaded = makeVariables(Object.fromEntries(renamed));
      const variables = Object.fromEntries(
        Object.keys(saved).map((name) => [name, loaded[`${name}_1`]!]),
      );
      const tensors = memory().numTensors;
      const attempt = compact({ variables, optimizer, layout });
      await expect(attempt).rejects.toThrow(PrunerError);
      await expect(attempt).rejects.toThrow(
        /^compact: expected optimizer slots of "lstm1\/kernel_1", found "lstm1\/kernel\/\w+" in their place; the state is that of a model before it was loaded again\. Take a step first, or restore it with the names of these variables\.$/,
      );
      expect(memory().numTensors).toBe(tensors);
      expect(readVariables(variables)).toEqual(weights);
      disposeAll(loaded);
      finish({ variables: saved, optimizer });
      disposeAll(data);
    },
  );

  test('refuses a layout that does not fit', async () => {
    const { 'out/bias': bias, ...variables } = makeVariables(deadWeights());
    await expect(compact({ variables, layout })).rejects.toThrow(
      'expected a weight "out/bias", found none',
    );
    disposeAll(variables, bias);
  });
});

function makeVariable(name: string, value: number): Variable {
  const start = scalar(value);
  const made = variable(start, true, name);
  start.dispose();
  return made;
}

function isTensor(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'dataId' in value;
}
