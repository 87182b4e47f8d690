import {
  dispose,
  memory,
  scalar,
  tensor1d,
  train,
  variable,
  type Optimizer,
  type Variable,
} from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { expect, test } from 'vitest';
import {
  adamState,
  innermost,
  lastLearningRateOf,
  learningRateOf,
  optimizerClasses,
  registeredVariables,
  renamedSlot,
  replaceSlot,
  replaceVariable,
  restoreBetaPowers,
  setIterations,
  setLearningRate,
  slotLists,
  unwrap,
  weightOfSlot,
  type Unwrapped,
} from '@secateur/optimizer-state';

const makers: readonly (readonly [string, () => Optimizer, slots: number])[] = [
  ['SGD', () => train.sgd(0.1), 0],
  ['Momentum', () => train.momentum(0.1, 0.9), 1],
  ['Adam', () => train.adam(0.1), 2],
  ['Adamax', () => train.adamax(0.1), 2],
  ['RMSProp', () => train.rmsprop(0.1), 2],
  ['Adagrad', () => train.adagrad(0.1), 1],
  ['Adadelta', () => train.adadelta(0.1), 2],
];

function make(name: string, values: readonly number[]): Variable {
  const value = tensor1d([...values]);
  const made = variable(value, true, name);
  value.dispose();
  return made;
}

/** Disposes an optimizer; tfjs's momentum forgets its learning rate tensor, and adamax most of its state. */
function finish(optimizer: Optimizer, variables: readonly Variable[]): void {
  optimizer.dispose();
  const left = Object.values(optimizer).filter((value) => value?.dataId !== undefined);
  dispose(left.filter((value: Variable) => !value.isDisposed));
  for (const { variable: each } of slotLists(optimizer).flat())
    if (!each.isDisposed) each.dispose();
  dispose([...variables]);
}

const step = (optimizer: Optimizer, w: Variable): void => optimizer.applyGradients({ [w.name]: w });

describeBackend('state of optimizers', () => {
  test('is known of all classes of TensorFlow.js', () => {
    expect(makers.map(([name]) => name)).toEqual(optimizerClasses);
  });

  test.each(makers)('is all found in %s', (className, maker, count) => {
    const w = make('w', [1, 2]);
    const optimizer = maker();
    const before = unwrap(optimizer) as Unwrapped;
    expect(Object.values(before.slots).flat()).toEqual([]);
    step(optimizer, w);
    const found = unwrap({ inner: optimizer }) as Unwrapped;
    expect(found).toMatchObject({ className, optimizer });
    expect(found.wrappers).toHaveLength(1);
    expect(Object.values(found.slots).filter((list) => list.length > 0)).toEqual(
      slotLists(optimizer),
    );
    expect(slotLists(optimizer)).toHaveLength(count);
    for (const { originalName, variable: own } of slotLists(optimizer).flat()) {
      expect(weightOfSlot(originalName)).toBe('w');
      expect(own.shape).toEqual([2]);
    }
    for (const value of Object.values(found.scalars)) expect(value.shape).toEqual([]);
    finish(optimizer, [w]);
  });

  test.each(makers)('of %s goes on with a smaller weight', (_, maker) => {
    let w = make('w', [1, 2]);
    const other = make('other', [1]);
    const optimizer = maker();
    step(optimizer, w);
    const { numTensors } = memory();
    for (const slot of slotLists(optimizer).flat()) {
      const value = tensor1d([0.5]);
      replaceSlot(slot, value);
      value.dispose();
    }
    const names = Object.keys(registeredVariables()).filter((name) => /w|other/.test(name));
    const value = tensor1d([1]);
    w = replaceVariable(w, value);
    value.dispose();
    expect(Object.keys(registeredVariables()).filter((name) => /w|other/.test(name))).toEqual(
      names,
    );
    expect(registeredVariables()['w']).toBe(w);
    step(optimizer, w);
    expect(memory().numTensors).toBe(numTensors);
    finish(optimizer, [w, other]);
  });

  test.each(makers)('of %s has a learning rate and a number of steps', (_, maker) => {
    const optimizer = maker();
    expect(setLearningRate(optimizer, 0.25)).toBe(true);
    expect(learningRateOf(optimizer)).toBe(0.25);
    setIterations(optimizer, 7);
    expect(optimizer.iterations).toBe(7);
    expect(lastLearningRateOf(optimizer)).toBe(0.25);
    finish(optimizer, []);
  });

  test('has powers of betas that are products', async () => {
    const w = make('w', [1, 2]);
    const optimizer = train.adam(0.1);
    for (let i = 0; i < 9; i++) step(optimizer, w);
    const { betaPowers } = adamState(optimizer);
    const expected = await Promise.all(betaPowers.map((power) => power.data()));
    const kept = expected.map((data) => [...data]);
    const one = scalar(1);
    for (const power of betaPowers) power.assign(one);
    one.dispose();
    restoreBetaPowers(optimizer);
    for (const [i, power] of betaPowers.entries())
      expect([...(await power.data())]).toEqual(kept[i]);
    finish(optimizer, [w]);
  });

  test('names what is no optimizer', () => {
    expect(unwrap(null)).toBe('null');
    expect(unwrap({})).toBe('an object that is no optimizer');
    expect(unwrap({ inner: undefined })).toBe('a wrapper with nothing inside');
    const loop: Record<string, unknown> = {};
    loop['inner'] = loop;
    expect(unwrap(loop)).toBe('an object that is no optimizer');
    expect(innermost({ inner: { inner: 1 } } as unknown as Optimizer)).toEqual({ inner: 1 });
    expect(renamedSlot('a/b/m', 'c')).toBe('c/m');
  });
});
