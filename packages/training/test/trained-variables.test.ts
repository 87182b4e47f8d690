import {
  dispose,
  tensor,
  tidy,
  train,
  variable,
  type Optimizer,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import {
  readOptimizerState,
  readVariables,
  TrainingError,
  writeOptimizerState,
  writeVariables,
} from '@secateur/training';
import { smallModel, trainStep } from './small-model.ts';

const optimizers: Record<string, () => Optimizer> = {
  momentum: () => train.momentum(0.1, 0.9),
  adam: () => train.adam(0.01),
  adamax: () => train.adamax(0.01),
  'rmsprop (centred)': () => train.rmsprop(0.001, 0.9, 0.5, 1e-6, true),
  adagrad: () => train.adagrad(0.1),
  adadelta: () => train.adadelta(0.5, 0.9, 1e-6),
};

type Model = Record<string, Variable>;

/** The same numbers in variables of other names, as in a model that was loaded again. */
function loadedAgain(model: Model): Model {
  const entries = Object.entries(model).map(([name, value]): [string, Variable] => [
    name,
    tidy(() => variable(tensor(value.dataSync(), value.shape), true, `${name}_1`)),
  ]);
  return Object.fromEntries(entries);
}

/** Momentum, as tfjs has it, leaves the tensor of its learning rate when it is disposed. */
const disposeOptimizer = (optimizer: Optimizer): void => {
  const { c } = optimizer as unknown as { c?: Tensor };
  optimizer.dispose();
  c?.dispose();
};

const bits = async (model: Model): Promise<unknown> =>
  Object.values(await readVariables(model)).map(({ data }) => [...new Int32Array(data.buffer)]);

describeBackend('writeOptimizerState with the variables that are trained', () => {
  describe.each(Object.entries(optimizers))('%s', (_, make) => {
    test('goes on with the bits of the uninterrupted run when the old model is gone', async () => {
      let model = smallModel();
      let optimizer = make();
      for (let step = 0; step < 5; step++) trainStep(model, optimizer, step);
      const saved = await readOptimizerState(optimizer);
      const again = loadedAgain(model);
      for (let step = 5; step < 9; step++) trainStep(model, optimizer, step);
      const expected = await bits(model);
      dispose(model);
      disposeOptimizer(optimizer);

      model = again;
      optimizer = make();
      await writeOptimizerState(optimizer, saved, { variables: Object.values(model) });
      for (let step = 5; step < 9; step++) trainStep(model, optimizer, step);
      expect(await bits(model)).toEqual(expected);
      const { slots } = (await readOptimizerState(optimizer)).state;
      for (const names of Object.values(slots)) {
        expect(names.map((name) => name.slice(0, name.lastIndexOf('/')))).toEqual([
          'hidden/kernel_1',
          'hidden/bias_1',
          'output/kernel_1',
        ]);
      }
      dispose(model);
      disposeOptimizer(optimizer);
    });
  });

  test('is an error when the variables are others, in another order, or too few', async () => {
    const model = smallModel();
    const optimizer = train.adam(0.01);
    trainStep(model, optimizer, 0);
    const saved = await readOptimizerState(optimizer);
    const weights = await readVariables(model);
    const again = loadedAgain(model);
    const [kernel, bias, output] = Object.values(again) as [Variable, Variable, Variable];
    const failure = async (...variables: Variable[]): Promise<string> => {
      const error: unknown = await writeOptimizerState(optimizer, saved, { variables }).catch(
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(TrainingError);
      return (error as Error).message;
    };
    expect(await failure(bias, kernel, output)).toBe(
      'writeOptimizerState: expected the variables that the saved optimizer trained, in their order (at 0 "hidden/kernel" [3, 4]), found 3 variables (at 0 "hidden/bias_1" [4]); pass those of the same model, with the same layers frozen, in the order of their gradients.',
    );
    expect(await failure(kernel, bias)).toContain('found 2 variables (at 2 none)');
    const extra = tidy(() => variable(tensor([1]), true, 'extra'));
    expect(await failure(kernel, bias, output, extra)).toContain(
      'in their order (at 3 none), found 4 variables (at 3 "extra" [1])',
    );
    extra.dispose();
    // Optimizers without a wrapper go by position, also where all names are there.
    const { 'hidden/kernel': first, 'hidden/bias': second, 'output/kernel': third } = model;
    expect(await failure(second!, first!, third!)).toContain('(at 0 "hidden/kernel" [3, 4])');
    await writeOptimizerState(optimizer, saved, { variables: [first!, second!, third!] });
    expect(await readOptimizerState(optimizer)).toEqual(saved);
    writeVariables(model, weights);
    dispose(again);
    dispose(model);
    disposeOptimizer(optimizer);
  });

  test('is asked for when no variable has the saved name', async () => {
    const model = smallModel();
    const optimizer = train.momentum(0.1, 0.9);
    trainStep(model, optimizer, 0);
    const saved = await readOptimizerState(optimizer);
    const again = loadedAgain(model);
    dispose(model);
    await expect(writeOptimizerState(optimizer, saved)).rejects.toThrow(
      'expected a variable "hidden/kernel", which the saved optimizer trained, found "hidden/kernel_1" as the nearest',
    );
    await expect(writeOptimizerState(optimizer, saved)).rejects.toThrow(
      'pass the variables that are trained now',
    );
    dispose(again);
    disposeOptimizer(optimizer);
  });
});
