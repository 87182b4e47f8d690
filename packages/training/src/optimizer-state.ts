import {
  learningRateOf,
  optimizerClasses,
  unwrap,
  type Unwrapped,
} from '@secateur/optimizer-state';
import type { Optimizer, Variable } from '@tensorflow/tfjs-core';
import { TrainingError } from './error.ts';
import type { SavedTensor, SavedTensors } from './saved-tensor.ts';
import { inRegistrationOrder } from './trained-variables.ts';
import { readTensor } from './variables.ts';

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
 *
 * @example
 * ```ts
 * import { scalar, square, train, variable } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { readOptimizerState } from '@secateur/training';
 *
 * await useBackend('cpu');
 * const bias = variable(scalar(1), true, 'bias');
 * const optimizer = train.momentum(0.5, 0.9);
 * optimizer.minimize(() => square(bias));
 * const { tensors, state } = await readOptimizerState(optimizer);
 * tensors['optimizer/accumulations/bias/momentum']?.data; // => [2]
 * [state.className, state.learningRate]; // => ['Momentum', 0.5]
 * for (const used of [optimizer, bias]) used.dispose();
 * ```
 */
export async function readOptimizerState(
  optimizer: Optimizer,
): Promise<{ tensors: Record<string, SavedTensor>; state: OptimizerState }> {
  const unwrapped = requireKnown(optimizer, 'readOptimizerState');
  const variables = Object.entries(unwrapped.scalars).map(([field, value]): [string, Variable] => [
    `optimizer/${field}`,
    value,
  ]);
  const slots: Record<string, string[]> = {};
  for (const [field, list] of Object.entries(unwrapped.slots)) {
    slots[field] = list.map(({ originalName }) => originalName);
    requireDifferent(field, slots[field]);
    for (const slot of list) variables.push([slotKey(field, slot.originalName), slot.variable]);
  }
  const state: OptimizerState = {
    className: unwrapped.className,
    iterations: unwrapped.optimizer.iterations,
    learningRate: learningRateOf(unwrapped.optimizer)!,
    settings: settingsOf(unwrapped.optimizer),
    slots,
    registrationOrder: inRegistrationOrder(slots),
    steps: unwrapped.wrappers.map((wrapper) => (countsSteps(wrapper) ? wrapper.step : null)),
    budgets: unwrapped.wrappers.map((wrapper) => (hasBudget(wrapper) ? wrapper.budgetState : null)),
  };
  const read = variables.map(async ([name, value]): Promise<[string, SavedTensor]> => [
    name,
    await readTensor(value, name),
  ]);
  return { tensors: Object.fromEntries(await Promise.all(read)), state };
}

/** One of two slots of a name would be lost; that there are two says that one variable was trained with what was kept of another. */
function requireDifferent(field: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  throw new TrainingError(
    `readOptimizerState: expected slots of different names in ${field}, found "${twice}" twice; optimizers of tfjs go by position, so give it the same variables in the same order at every step, and make a new one when they change.`,
    { code: 'optimizer' },
  );
}

/** An optimizer of tfjs, or the one inside those around it; any other one is an error. */
export function requireKnown(optimizer: Optimizer, where: string): Unwrapped {
  const unwrapped = unwrap(optimizer);
  if (typeof unwrapped !== 'string') return unwrapped;
  throw new TrainingError(
    `${where}: expected an optimizer of tfjs (${optimizerClasses.join(', ')}), or one around it as its "inner", found ${unwrapped}; use one of these, or save the state yourself.`,
    { code: 'optimizer' },
  );
}

/** The settings of an optimizer that do not change as it trains. */
export function settingsOf(optimizer: Optimizer): Record<string, unknown> {
  const config: Record<string, unknown> = optimizer.getConfig();
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'learningRate'));
}

type Wrapper = Unwrapped['wrappers'][number];

/** Tells whether an optimizer around another counts steps of its own. */
export function countsSteps(
  wrapper: Wrapper,
): wrapper is Wrapper & { step: number; setStep: (step: number) => void } {
  return typeof wrapper['step'] === 'number' && typeof wrapper['setStep'] === 'function';
}

/** Tells whether an optimizer around another has a budget. */
export function hasBudget(
  wrapper: Wrapper,
): wrapper is Wrapper & { budgetState: unknown; setBudgetState: (state: unknown) => void } {
  return wrapper['budgetState'] !== undefined && typeof wrapper['setBudgetState'] === 'function';
}

/** The name of a slot among the saved tensors. */
export function slotKey(field: string, originalName: string): string {
  return `optimizer/${field}/${originalName}`;
}
