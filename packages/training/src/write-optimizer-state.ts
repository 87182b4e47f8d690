import { checkOptions } from '@secateur/input';
import {
  renamedSlot,
  setIterations,
  setLearningRate,
  setSlots,
  weightOfSlot,
  type Slot,
} from '@secateur/optimizer-state';
import { tidy, variable, type Optimizer, type Variable } from '@tensorflow/tfjs-core';
import { checkState } from './check-optimizer-state.ts';
import { argumentError } from './error.ts';
import { nearestName } from './nearest-name.ts';
import {
  countsSteps,
  hasBudget,
  requireKnown,
  slotKey,
  type SavedOptimizer,
} from './optimizer-state.ts';
import { checkTensors, type SavedTensor } from './saved-tensor.ts';
import {
  checkOrder,
  checkRegistered,
  findVariables,
  problem,
  type TrainedVariable,
} from './trained-variables.ts';
import { toTensor } from './variables.ts';

/** Options of {@link writeOptimizerState}. */
export interface WriteOptimizerStateOptions {
  /**
   * The variables that the optimizer trains, in the order in which it gets their gradients, such as
   * `model.trainableWeights`; left out, those registered under the names that were saved. A model that was loaded or built
   * again has other names (`rnn/kernel_1`), so it needs them.
   */
  readonly variables?: readonly TrainedVariable[];
}

/**
 * Restores what {@link readOptimizerState} read into an optimizer of the same class and settings, bit for bit. The
 * variables it trains must exist, under the names and with the shapes they had, or be passed: then they may have other
 * names, if all of them have the shapes that were saved, in that order. Tensors of other names are left alone, so those of
 * a whole checkpoint may be passed. If anything does not fit, the optimizer stays as it was.
 *
 * @example
 * ```ts
 * import { mul, scalar, train, variable } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { readOptimizerState, writeOptimizerState } from '@secateur/training';
 *
 * await useBackend('cpu');
 * const bias = variable(scalar(0));
 * const [before, after] = [train.momentum(0.5, 0.5), train.momentum(0.5, 0.5)];
 * before.minimize(() => mul(bias, 2)); // the momentum is 2, the bias 0 - 0.5 * 2 = -1
 * await writeOptimizerState(after, await readOptimizerState(before));
 * after.minimize(() => mul(bias, 2)); // the momentum is 0.5 * 2 + 2 = 3
 * await bias.data(); // => [-2.5]
 * for (const used of [before, after, bias]) used.dispose();
 * ```
 */
export function writeOptimizerState(
  optimizer: Optimizer,
  saved: SavedOptimizer,
  options: WriteOptimizerStateOptions = {},
): Promise<void> {
  // A promise, though nothing waits today: other backends may have to.
  return Promise.resolve().then(() => {
    checkOptions('writeOptimizerState', options, { variables: true }, argumentError);
    write(optimizer, saved, options.variables);
  });
}

function write(
  optimizer: Optimizer,
  saved: SavedOptimizer,
  variables: readonly TrainedVariable[] | undefined,
): void {
  const unwrapped = requireKnown(optimizer, 'writeOptimizerState');
  checkTensors(saved.tensors, 'writeOptimizerState');
  const state = checkState(saved.state, saved.tensors, unwrapped);
  const tensorOf = (name: string): SavedTensor => {
    if (Object.hasOwn(saved.tensors, name)) return saved.tensors[name]!;
    throw problem(
      `a saved tensor "${name}"`,
      nearestName(name, Object.keys(saved.tensors)),
      'pass all tensors that readOptimizerState returned',
    );
  };
  const scalars = Object.entries(unwrapped.scalars).map(
    ([field, value]): [Variable, SavedTensor] => [value, tensorOf(`optimizer/${field}`)],
  );
  const lists = Object.keys(unwrapped.slots).map((field): [string, [string, SavedTensor][]] => [
    field,
    (state.slots[field] ?? []).map((name) => [name, tensorOf(slotKey(field, name))]),
  ]);
  const slots = lists.map(([, list]) => list.map(([name, { shape }]) => ({ name, shape })));
  const byPosition = unwrapped.wrappers.length === 0;
  if (variables === undefined) {
    checkRegistered(slots.flat());
    if (byPosition && state.registrationOrder) checkOrder(state.slots);
  }
  const names = lists.map((_, i) =>
    variables === undefined
      ? new Map<string, string>()
      : findVariables(slots[i]!, variables, byPosition),
  );

  // The one part that is checked by the wrapper itself, so it goes first.
  unwrapped.wrappers.forEach((wrapper, i) => {
    if (hasBudget(wrapper)) wrapper.setBudgetState(state.budgets[i]);
  });
  for (const [value, tensor] of scalars) tidy(() => value.assign(toTensor(tensor)));
  lists.forEach(([field, list], i) => {
    const slots = list.map(([name, tensor]): Slot => {
      const weight = weightOfSlot(name);
      return {
        originalName: renamedSlot(name, names[i]!.get(weight) ?? weight),
        variable: tidy(() => variable(toTensor(tensor), false)),
      };
    });
    setSlots(unwrapped, field, slots);
  });
  setIterations(unwrapped.optimizer, state.iterations);
  setLearningRate(unwrapped.optimizer, state.learningRate);
  unwrapped.wrappers.forEach((wrapper, i) => {
    const step = state.steps[i];
    if (countsSteps(wrapper) && typeof step === 'number') wrapper.setStep(step);
  });
}
