import {
  addN,
  dispose,
  Optimizer,
  sum,
  tidy,
  train,
  variable,
  zeros,
  type NamedTensorMap,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { describeBackend } from '@secateur/testing';
import { testFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import {
  readCheckpoint,
  readOptimizerState,
  readVariables,
  TrainingError,
  writeCheckpoint,
  writeOptimizerState,
  writeVariables,
  type SavedOptimizer,
} from '@secateur/training';
import { join } from 'node:path';
import { smallModel, trainStep } from './small-model.ts';

const optimizers: Record<string, () => Optimizer> = {
  sgd: () => train.sgd(0.1),
  momentum: () => train.momentum(0.1, 0.9),
  'momentum (Nesterov)': () => train.momentum(0.1, 0.9, true),
  adam: () => train.adam(0.01),
  'adam with other betas': () => train.adam(0.01, 0.7, 0.93, 1e-6),
  adamax: () => train.adamax(0.01, 0.9, 0.999, 1e-7, 0.01),
  rmsprop: () => train.rmsprop(0.01),
  'rmsprop (centred, momentum)': () => train.rmsprop(0.001, 0.9, 0.5, 1e-6, true),
  adagrad: () => train.adagrad(0.1),
  adadelta: () => train.adadelta(0.5, 0.9, 1e-6),
};

/** What a wrapper such as GroupLassoOptimizer shows of itself. */
class Wrapper extends Optimizer {
  readonly inner: Optimizer;
  step = 0;
  constructor(inner: Optimizer) {
    super();
    this.inner = inner;
  }
  static readonly className: string = 'TestWrapper';
  setStep(step: number): void {
    this.step = step;
  }
  override applyGradients(gradients: NamedTensorMap): void {
    this.inner.applyGradients(gradients);
    this.step += 1;
  }
  override getConfig(): Record<string, never> {
    return {};
  }
  override dispose(): void {
    this.inner.dispose();
  }
}

/** Momentum, as tfjs has it, leaves the tensor of its learning rate when it is disposed. */
const disposeOptimizer = (optimizer: Optimizer): void => {
  const { c } = optimizer as unknown as { c?: Tensor };
  optimizer.dispose();
  c?.dispose();
};

const bits = async (
  model: Parameters<typeof readVariables>[0],
): Promise<Record<string, number[]>> => {
  const read = await readVariables(model);
  const entries = Object.entries(read).map(([name, { data }]): [string, number[]] => [
    name,
    [...new Int32Array(data.buffer)],
  ]);
  return Object.fromEntries(entries);
};

describeBackend('readOptimizerState and writeOptimizerState', () => {
  for (const [name, make] of Object.entries(optimizers)) {
    test(`${name}: steps, save, load and steps equal steps alone, bit for bit`, async () => {
      const file = join(testFolder(), 'a.safetensors');
      let model = smallModel();
      let optimizer = make();
      for (let step = 0; step < 12; step++) trainStep(model, optimizer, step);
      const uninterrupted = await bits(model);
      const counted = optimizer.iterations;
      dispose(model);
      disposeOptimizer(optimizer);

      model = smallModel();
      optimizer = make();
      for (let step = 0; step < 7; step++) trainStep(model, optimizer, step);
      const { tensors, state } = await readOptimizerState(optimizer);
      writeCheckpoint(file, {
        step: 7,
        tensors: { ...(await readVariables(model)), ...tensors },
        state: { optimizer: state },
      });
      dispose(model);
      disposeOptimizer(optimizer);

      model = smallModel();
      optimizer = make();
      // Steps of a life before, which restoring must wipe out.
      for (let step = 50; step < 53; step++) trainStep(model, optimizer, step);
      const saved = readCheckpoint(file);
      writeVariables(model, saved.tensors);
      await writeOptimizerState(optimizer, {
        tensors: saved.tensors,
        state: (saved.state as { optimizer: unknown }).optimizer,
      });
      for (let step = 7; step < 12; step++) trainStep(model, optimizer, step);
      expect(await bits(model)).toEqual(uninterrupted);
      expect(optimizer.iterations).toBe(counted);
      dispose(model);
      disposeOptimizer(optimizer);
    });
  }

  test('an optimizer before its first step has no slots, and that is restored too', async () => {
    const model = smallModel();
    const fresh = train.adam(0.01);
    const used = train.adam(0.01);
    const saved = await readOptimizerState(fresh);
    trainStep(model, used, 0);
    await writeOptimizerState(used, saved);
    expect(await readOptimizerState(used)).toEqual(saved);
    dispose(model);
    disposeOptimizer(fresh);
    disposeOptimizer(used);
  });

  test('the learning rate comes back, in the tensor of SGD as well', async () => {
    const model = smallModel();
    const first = train.sgd(0.5);
    first.setLearningRate(0.125);
    const second = train.sgd(0.5);
    await writeOptimizerState(second, await readOptimizerState(first));
    const before = await readVariables(model);
    trainStep(model, first, 0);
    const after = await bits(model);
    writeVariables(model, before);
    trainStep(model, second, 0);
    expect(await bits(model)).toEqual(after);
    dispose(model);
    disposeOptimizer(first);
    disposeOptimizer(second);
  });

  test('a wrapper is seen through, and its step comes back', async () => {
    const model = smallModel();
    const first = new Wrapper(new Wrapper(train.adam(0.01)));
    for (let step = 0; step < 3; step++) trainStep(model, first, step);
    const saved = await readOptimizerState(first);
    expect(saved.state.className).toBe('Adam');
    expect(saved.state.steps).toEqual([3, 3]);
    const second = new Wrapper(new Wrapper(train.adam(0.01)));
    await writeOptimizerState(second, saved);
    expect([second.step, (second.inner as Wrapper).step, second.inner.iterations]).toEqual([
      3, 3, 0,
    ]);
    expect((second.inner as Wrapper).inner.iterations).toBe(3);
    expect(await readOptimizerState(second)).toEqual(saved);
    dispose(model);
    disposeOptimizer(first);
    disposeOptimizer(second);
  });

  test('what a wrapper remembers of a budget comes back', async () => {
    class Budgeted extends Wrapper {
      budgetState: unknown = { amounts: null };
      setBudgetState(state: unknown): void {
        this.budgetState = state;
      }
    }
    const first = new Budgeted(train.sgd(0.1));
    first.budgetState = { amounts: { h: [0.5, -1] } };
    const saved = await readOptimizerState(first);
    expect(saved.state.budgets).toEqual([{ amounts: { h: [0.5, -1] } }]);
    const second = new Budgeted(train.sgd(0.1));
    await writeOptimizerState(second, saved);
    expect(second.budgetState).toEqual(first.budgetState);
    const third = new Wrapper(train.sgd(0.1));
    await expect(writeOptimizerState(third, saved)).rejects.toThrow(
      'expected the budgets of 1 optimizers around it (none), found [{"amounts":{"h":[0.5,-1]}}]',
    );
    first.dispose();
    second.dispose();
    third.dispose();
  });

  test('reading and writing again and again keeps no tensors', async () => {
    const model = smallModel();
    const optimizer = train.rmsprop(0.01);
    trainStep(model, optimizer, 0);
    for (let i = 0; i < 5; i++) {
      await writeOptimizerState(optimizer, await readOptimizerState(optimizer));
      writeVariables(model, await readVariables(model));
    }
    dispose(model);
    disposeOptimizer(optimizer);
  });

  test('what is read does not change with later steps', async () => {
    const model = smallModel();
    const optimizer = train.momentum(0.1, 0.9);
    trainStep(model, optimizer, 0);
    const state = await readOptimizerState(optimizer);
    const copy = structuredClone(state);
    await writeOptimizerState(optimizer, state);
    trainStep(model, optimizer, 1);
    expect(state).toEqual(copy);
    dispose(model);
    disposeOptimizer(optimizer);
  });

  describe('an error', () => {
    const failure = async (optimizer: Optimizer, saved: SavedOptimizer): Promise<string> => {
      const error: unknown = await writeOptimizerState(optimizer, saved).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(TrainingError);
      expect((error as TrainingError).code).toMatch(/^(optimizer|tensors)$/);
      return (error as Error).message;
    };

    test('names an optimizer that is not known', async () => {
      const stranger = new Wrapper(undefined as unknown as Optimizer);
      await expect(readOptimizerState(stranger)).rejects.toThrow(
        'readOptimizerState: expected an optimizer of tfjs (SGD, Momentum, Adam, Adamax, RMSProp, Adagrad, Adadelta), or one around it as its "inner", found a wrapper with nothing inside',
      );
      const odd = { getClassName: () => 'Lion' } as unknown as Optimizer;
      await expect(readOptimizerState(odd)).rejects.toThrow('found Lion; use one of these');
      await expect(readOptimizerState(null as unknown as Optimizer)).rejects.toThrow('found null');
    });

    test('names a slot of which there are two, of variables that joined one after the other', async () => {
      const [body, head] = ['body', 'head'].map((name) =>
        tidy(() => variable(zeros([2]), true, name)),
      ) as [Variable, Variable];
      const optimizer = train.adam(0.01);
      for (const variables of [[head], [body, head]]) {
        optimizer.minimize(() => addN(variables.map((each) => sum(each))), false, variables);
      }
      await expect(readOptimizerState(optimizer)).rejects.toMatchObject({
        code: 'optimizer',
        message: expect.stringContaining(
          'expected slots of different names in accumulatedFirstMoment, found "head/m" twice; ',
        ) as string,
      });
      disposeOptimizer(optimizer);
      dispose([body, head]);
    });

    test('names another class, other settings and a state that is none', async () => {
      const adam = train.adam(0.01);
      const sgd = train.sgd(1);
      const other = train.adam(0.02, 0.8);
      const saved = await readOptimizerState(adam);
      expect(await failure(sgd, saved)).toBe(
        'writeOptimizerState: expected the state of SGD, found that of Adam; use the optimizer that was saved.',
      );
      expect(await failure(other, saved)).toContain(
        'found beta1: 0.9 then, 0.8 now; make it with the saved ones',
      );
      expect(await failure(adam, { tensors: {}, state: { step: 1 } })).toContain(
        'expected the state of an optimizer, found an object of step',
      );
      for (const optimizer of [adam, sgd, other]) disposeOptimizer(optimizer);
    });

    test('is given for any part of a state that does not fit the others', async () => {
      const model = smallModel();
      const wrapper = new Wrapper(train.adam(0.01));
      trainStep(model, wrapper, 0);
      const saved = await readOptimizerState(wrapper);
      const { state, tensors } = saved;
      const [first, second] = ['accumulatedFirstMoment', 'accumulatedSecondMoment'] as const;
      const { [first]: firsts, [second]: seconds } = state.slots as Record<string, string[]>;
      const slots = (changed: object): object => ({ slots: { ...state.slots, ...changed } });
      const changes: [object, string][] = [
        [{ iterations: -1 }, 'a whole number of iterations >= 0, found -1'],
        [{ iterations: 1.5 }, 'a whole number of iterations >= 0'],
        [{ iterations: null }, 'a whole number of iterations >= 0'],
        [{ learningRate: '0.1' }, 'a finite number as the learning rate'],
        [{ registrationOrder: 1 }, 'registrationOrder true or false'],
        [{ steps: [] }, 'steps of 1 optimizers around it'],
        [{ steps: [null] }, 'steps of 1 optimizers around it'],
        [{ steps: [1, 1] }, 'steps of 1 optimizers around it'],
        [{ budgets: [] }, 'the budgets of 1 optimizers around it (none)'],
        [{ budgets: undefined }, 'the budgets of 1 optimizers around it (none)'],
        [{ budgets: [{ amounts: null }] }, 'the budgets of 1 optimizers around it (none)'],
        [{ slots: { [first]: firsts } }, `slots ${first}, ${second}`],
        [slots({ [first]: firsts!.slice(1) }), `slots ${second} of `],
        [
          slots({ [first]: firsts!.slice(1), [second]: seconds!.slice(1) }),
          'a slot for every tensor',
        ],
        [slots({ [first]: [], [second]: [] }), 'slots after 1 iterations'],
        [slots({ [first]: [...firsts!].reverse() }), `slots ${second} of `],
        [
          slots({ [first]: firsts!.map(() => firsts![0]) }),
          `different names as the slots ${first}`,
        ],
        [slots({ [first]: 'none' }), `different names as the slots ${first}`],
      ];
      for (const [change, message] of changes) {
        const other = { tensors, state: { ...state, ...change } };
        expect(await failure(wrapper, other), JSON.stringify(change)).toContain(message);
      }
      const beta = { shape: [2], data: Float32Array.of(1, 2) };
      expect(
        await failure(wrapper, { state, tensors: { ...tensors, 'optimizer/accBeta1': beta } }),
      ).toContain('a single number as optimizer/accBeta1');
      // After all these failures it still is as it was.
      expect(await readOptimizerState(wrapper)).toEqual(saved);
      wrapper.dispose();
      dispose(model);
    });

    test('names a missing tensor, a missing variable and a shape that changed', async () => {
      let model = smallModel();
      const optimizer = train.adagrad(0.1);
      trainStep(model, optimizer, 0);
      const saved = await readOptimizerState(optimizer);
      const key = 'optimizer/accumulatedGrads/hidden/bias/accumulator';
      const rest = Object.fromEntries(
        Object.entries(saved.tensors).filter(([name]) => name !== key),
      );
      expect(await failure(optimizer, { ...saved, tensors: rest })).toContain(
        `expected a saved tensor "${key}", found "optimizer/accumulatedGrads/hidden/kernel/accumulator" as the nearest`,
      );
      dispose(model);
      expect(await failure(optimizer, saved)).toContain(
        'expected a variable "hidden/kernel", which the saved optimizer trained',
      );
      const small = tidy(() => variable(zeros([2, 4]), true, 'hidden/kernel'));
      expect(await failure(optimizer, saved)).toContain(
        'expected a variable "hidden/kernel" of shape [3, 4] as saved, found [2, 4]; build the model with the saved sizes first.',
      );
      small.dispose();
      model = smallModel();
      // After all these failures it still works as it was.
      expect(await readOptimizerState(optimizer)).toEqual(saved);
      dispose(model);
      disposeOptimizer(optimizer);
    });

    test('names variables made in another order, unless a wrapper goes by name', async () => {
      const model = smallModel();
      const optimizer = train.momentum(0.1, 0.9);
      trainStep(model, optimizer, 0);
      const saved = await readOptimizerState(optimizer);
      const kernel = model['hidden/kernel']!;
      const copy = kernel.clone();
      kernel.dispose();
      const moved = variable(copy, true, 'hidden/kernel');
      copy.dispose();
      expect(await failure(optimizer, saved)).toContain(
        'make them in this one: hidden/kernel, hidden/bias, output/kernel.',
      );
      const wrapper = new Wrapper(optimizer);
      await writeOptimizerState(wrapper, {
        ...saved,
        state: { ...saved.state, steps: [1], budgets: [null] },
      });
      expect(wrapper.step).toBe(1);
      dispose([moved, model['hidden/bias']!, model['output/kernel']!]);
      disposeOptimizer(optimizer);
    });
  });
});
