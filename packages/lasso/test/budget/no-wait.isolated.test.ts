import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  copyRegisteredKernels,
  dispose,
  env,
  ready,
  registerBackend,
  removeBackend,
  setBackend,
  train,
  variable,
  tensor2d,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { useBackend } from '@secateur/backend';
import { issGroups, parseLayout } from '@secateur/groups';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { groupLasso, LassoError, type GroupLassoOptimizer } from '../../src/index.ts';
import { disposeVariables } from '../helpers.ts';

/* A backend that the package does not know to be one that can be read at once: like WebGPU it is read by a promise. */
beforeAll(async () => {
  await useBackend('cpu');
  registerBackend('waiting', () => new MathBackendCPU());
  copyRegisteredKernels('cpu', 'waiting');
  await setBackend('waiting');
  await ready();
});
afterEach(disposeVariables);
afterAll(async () => {
  await setBackend('cpu');
  removeBackend('waiting');
});

/** Two rows of the norms 1 and 2, of which one has to go in 60 steps, and a step without a pull from the data. */
function start(): { optimizer: GroupLassoOptimizer; step: () => void } {
  const layout = parseLayout('dims h = 2 \n w h -> 2');
  const w = variable(tensor2d([1, 0, 0, 2], [2, 2]), true, 'w');
  const optimizer = groupLasso(train.sgd(1), issGroups(layout, { dims: ['h'] }), {
    budget: { layout, units: { h: 1 }, by: 60 },
  });
  const step = (): void => {
    const gradients = { w: zerosLike(w) };
    optimizer.applyGradients(gradients);
    dispose(gradients);
  };
  return { optimizer, step };
}

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test('a budget whose norms never come is an error, and the training can go on after a wait', async () => {
  const { optimizer, step } = start();
  const clock = vi.spyOn(env().platform, 'now').mockReturnValue(5000);
  // The first step asks for them; 100 more may pass, however long they take, and any number within a second.
  for (let i = 0; i < 101; i++) step();
  clock.mockReturnValue(6000);
  step();
  clock.mockReturnValue(6001);
  let thrown: unknown;
  try {
    step();
  } catch (error) {
    thrown = error;
  }
  clock.mockRestore();
  expect(thrown).toBeInstanceOf(LassoError);
  expect(thrown).toMatchObject({
    code: 'optimizer',
    message:
      'applyGradients: expected the norms that the budget asked for 101 steps ago, found none, as these steps did not wait for the backend; await something between steps, such as `loss.data()`.',
  });
  expect([optimizer.step, optimizer.iterations]).toEqual([102, 102]);
  await nextTask();
  step();
  await nextTask();
  step();
  expect(await optimizer.metrics()).toMatchObject({ alive: { h: 1 }, budget: [{ met: true }] });
  optimizer.dispose();
});

test('a loop that waits now and then meets its budget', async () => {
  const { optimizer, step } = start();
  for (let i = 1; i <= 150; i++) {
    step();
    if (i % 50 === 0) await nextTask();
  }
  expect(await optimizer.metrics()).toMatchObject({ alive: { h: 1 }, budget: [{ met: true }] });
  optimizer.dispose();
});

test('norms that were asked for before another state was set do not count', async () => {
  const { optimizer, step } = start();
  step();
  optimizer.setBudgetState({ amounts: { h: [0, 0] } });
  optimizer.setStep(10);
  step();
  await nextTask();
  // The first has 50 steps to lose its norm, not 60; the second loses half of its own in the window of 60.
  expect(optimizer.budgetState).toEqual({ amounts: { h: [1 / 50, 1 / 60] } });
  optimizer.dispose();
});
