import {
  engine,
  tidy,
  variable,
  type Optimizer,
  type SGDOptimizer,
  type Variable,
} from '@tensorflow/tfjs-core';
import { differences, isObject } from './json.ts';
import { nearestName } from './nearest-name.ts';
import { checkParts } from './optimizer-state-parts.ts';
import { unwrap, type Fields, type Slot, type Unwrapped } from './optimizer-kinds.ts';
import { checkTensors, type SavedTensor, type SavedTensors } from './saved-tensor.ts';
import {
  checkRegistered,
  findVariables,
  problem,
  renameSlot,
  weightOf,
  type TrainedVariable,
} from './trained-variables.ts';
import { readTensor, toTensor } from './variables.ts';

/** The state of an optimizer that fits into JSON. */
export interface OptimizerState {
  /** Class of the optimizer of tfjs, such as `Adam`. */
  readonly className: string;
  /** Number of steps it has taken. */
  readonly iterations: number;
  /** Its learning rate at the time. */
  readonly learningRate: number;
  /** Its other settings; it is restored only into an optimizer of the same ones. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names of the slots by list, in the order in which the optimizer keeps them. */
  readonly slots: Readonly<Record<string, readonly string[]>>;
  /** Whether that is the order in which the variables were registered. */
  readonly registrationOrder: boolean;
  /** The `step` of each optimizer around it that counts steps of its own, outermost first; else null. */
  readonly steps: readonly (number | null)[];
  /** The `budgetState` of each optimizer around it that has one, outermost first; else null. */
  readonly budgets: readonly unknown[];
}

/** All of the state of an optimizer. */
export interface SavedOptimizer {
  /** Its slots and other variables, under names that begin with `optimizer/`. */
  readonly tensors: SavedTensors;
  /** The rest: an {@link OptimizerState}, typed loosely as it usually comes out of a checkpoint. */
  readonly state: unknown;
}

/**
 * Reads all that an optimizer of tfjs (SGD, Momentum, Adam, Adamax, RMSProp, Adagrad, Adadelta) remembers, bit for
 * bit. An optimizer around one, which has it as its `inner`, may be passed as well; if it has a `step` and a
 * `setStep`, its step is saved too, and so is its `budgetState` if it has one and a `setBudgetState`.
 */
export async function readOptimizerState(
  optimizer: Optimizer,
): Promise<{ tensors: Record<string, SavedTensor>; state: OptimizerState }> {
  const found = unwrap(optimizer, 'readOptimizerState');
  const { fields, kind } = found;
  const variables: [string, Variable][] = kind.scalars.map((field) => [
    `optimizer/${field}`,
    fields[field] as Variable,
  ]);
  const slots: Record<string, string[]> = {};
  for (const field of kind.slots) {
    const list = fields[field] as readonly Slot[];
    slots[field] = list.map(({ originalName }) => originalName);
    for (const slot of list) variables.push([slotKey(field, slot.originalName), slot.variable]);
  }
  const state: OptimizerState = {
    className: found.className,
    iterations: found.optimizer.iterations,
    learningRate: fields['learningRate'] as number,
    settings: settingsOf(found.optimizer),
    slots,
    registrationOrder: inRegistrationOrder(slots),
    steps: found.wrappers.map((wrapper) => (countsSteps(wrapper) ? wrapper.step : null)),
    budgets: found.wrappers.map((wrapper) => (hasBudget(wrapper) ? wrapper.budgetState : null)),
  };
  const read = variables.map(async ([name, value]): Promise<[string, SavedTensor]> => [
    name,
    await readTensor(value, name),
  ]);
  return { tensors: Object.fromEntries(await Promise.all(read)), state };
}

/** Settings of {@link writeOptimizerState}. */
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
 */
export function writeOptimizerState(
  optimizer: Optimizer,
  saved: SavedOptimizer,
  options: WriteOptimizerStateOptions = {},
): Promise<void> {
  // A promise, though nothing waits today: other backends may have to.
  return Promise.resolve().then(() => {
    write(optimizer, saved, options.variables);
  });
}

function write(
  optimizer: Optimizer,
  saved: SavedOptimizer,
  variables: readonly TrainedVariable[] | undefined,
): void {
  const found = unwrap(optimizer, 'writeOptimizerState');
  checkTensors(saved.tensors, 'writeOptimizerState');
  const state = checkState(saved.state, found);
  checkParts(state, saved.tensors, found);
  const { fields, kind } = found;
  const tensorOf = (name: string): SavedTensor => {
    if (Object.hasOwn(saved.tensors, name)) return saved.tensors[name]!;
    throw problem(
      `a saved tensor "${name}"`,
      nearestName(name, Object.keys(saved.tensors)),
      'pass all tensors that readOptimizerState returned',
    );
  };
  const scalars = kind.scalars.map((field): [string, SavedTensor] => [
    field,
    tensorOf(`optimizer/${field}`),
  ]);
  const lists = kind.slots.map((field): [string, [string, SavedTensor][]] => [
    field,
    (state.slots[field] ?? []).map((name) => [name, tensorOf(slotKey(field, name))]),
  ]);
  const slots = lists.map(([, list]) => list.map(([name, { shape }]) => ({ name, shape })));
  const byPosition = found.wrappers.length === 0;
  if (variables === undefined) {
    checkRegistered(slots.flat());
    if (byPosition) checkOrder(state);
  }
  const names = lists.map((_, i) =>
    variables === undefined
      ? new Map<string, string>()
      : findVariables(slots[i]!, variables, byPosition),
  );

  // The one part that is checked by the wrapper itself, so it goes first.
  found.wrappers.forEach((wrapper, i) => {
    if (hasBudget(wrapper)) wrapper.setBudgetState(state.budgets[i]);
  });
  for (const [field, tensor] of scalars) {
    tidy(() => {
      (fields[field] as Variable).assign(toTensor(tensor));
    });
  }
  lists.forEach(([field, list], i) => {
    for (const slot of fields[field] as readonly Slot[]) slot.variable.dispose();
    fields[field] = list.map(([originalName, tensor]): Slot => ({
      originalName: renameSlot(originalName, names[i]!),
      variable: tidy(() => variable(toTensor(tensor), false)),
    }));
  });
  fields['iterations_'] = state.iterations;
  setLearningRate(found, state.learningRate);
  found.wrappers.forEach((wrapper, i) => {
    const step = state.steps[i];
    if (countsSteps(wrapper) && typeof step === 'number') wrapper.setStep(step);
  });
}

function checkState(value: unknown, found: Unwrapped): OptimizerState {
  if (!isObject(value) || !isObject(value['slots']) || !Array.isArray(value['steps'])) {
    throw problem(
      'the state of an optimizer',
      describe(value),
      'pass what readOptimizerState gave',
    );
  }
  const state = value as unknown as OptimizerState;
  if (state.className !== found.className) {
    throw problem(
      `the state of ${found.className}`,
      `that of ${state.className}`,
      'use the optimizer that was saved',
    );
  }
  const others = differences(state.settings, settingsOf(found.optimizer));
  if (others.length > 0) {
    throw problem(
      `${found.className} with the settings that were saved`,
      others.map(({ key, before, now }) => `${key}: ${before} then, ${now} now`).join('; '),
      'make it with the saved ones',
    );
  }
  return state;
}

/**
 * Optimizers of tfjs find a weight's slot by the position of its gradient, which is that of its variable. Variables
 * made in another order would get each other's slots; wrappers such as GroupLassoOptimizer go by name and do not care.
 */
function checkOrder(state: OptimizerState): void {
  if (!state.registrationOrder || inRegistrationOrder(state.slots)) return;
  const names = Object.values(state.slots)[0]?.map(weightOf) ?? [];
  throw problem(
    'the variables in the order in which they were first made',
    'another order',
    `make them in this one: ${names.join(', ')}`,
  );
}

function inRegistrationOrder(slots: Readonly<Record<string, readonly string[]>>): boolean {
  const registered = new Map(Object.keys(engine().registeredVariables).map((name, i) => [name, i]));
  return Object.values(slots).every((names) => {
    const positions = names.map((name) => registered.get(weightOf(name)) ?? -1);
    return positions.every((position, i) => i === 0 || position > positions[i - 1]!);
  });
}

function setLearningRate({ optimizer, fields }: Unwrapped, rate: number): void {
  const { setLearningRate } = optimizer as Partial<SGDOptimizer>;
  // Those that have a setter keep the rate in a tensor besides.
  if (typeof setLearningRate === 'function') setLearningRate.call(optimizer, rate);
  else fields['learningRate'] = rate;
}

function settingsOf(optimizer: Optimizer): Record<string, unknown> {
  const config: Record<string, unknown> = optimizer.getConfig();
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'learningRate'));
}

function countsSteps(
  wrapper: Fields,
): wrapper is Fields & { step: number; setStep: (step: number) => void } {
  return typeof wrapper['step'] === 'number' && typeof wrapper['setStep'] === 'function';
}

function hasBudget(
  wrapper: Fields,
): wrapper is Fields & { budgetState: unknown; setBudgetState: (state: unknown) => void } {
  return wrapper['budgetState'] !== undefined && typeof wrapper['setBudgetState'] === 'function';
}

function slotKey(field: string, originalName: string): string {
  return `optimizer/${field}/${originalName}`;
}

function describe(value: unknown): string {
  return isObject(value) ? `an object of ${Object.keys(value).join(', ')}` : String(value);
}
