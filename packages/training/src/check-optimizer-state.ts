import { isRecord } from '@secateur/input';
import { weightOfSlot, type Unwrapped } from '@secateur/optimizer-state';
import { differences } from './json.ts';
import { settingsOf, type OptimizerState } from './optimizer-state.ts';
import type { SavedTensors } from './saved-tensor.ts';
import { problem } from './trained-variables.ts';

const advice = 'it was changed since it was saved: use another checkpoint';

/**
 * Checks that what was saved is the state of this kind of optimizer.
 *
 * @throws TrainingError that says what does not fit.
 */
export function checkState(
  value: unknown,
  tensors: SavedTensors,
  unwrapped: Unwrapped,
): OptimizerState {
  if (!isRecord(value) || !isRecord(value['slots']) || !Array.isArray(value['steps'])) {
    throw problem(
      'the state of an optimizer',
      describe(value),
      'pass what readOptimizerState gave',
    );
  }
  const state = value as unknown as OptimizerState;
  if (state.className !== unwrapped.className) {
    throw problem(
      `the state of ${unwrapped.className}`,
      `that of ${state.className}`,
      'use the optimizer that was saved',
    );
  }
  const others = differences(state.settings, settingsOf(unwrapped.optimizer));
  if (others.length > 0) {
    throw problem(
      `${unwrapped.className} with the settings that were saved`,
      others.map(({ key, before, now }) => `${key}: ${before} then, ${now} now`).join('; '),
      'make it with the saved ones',
    );
  }
  checkParts(state, tensors, unwrapped);
  return state;
}

/**
 * Checks each part of an optimizer's saved state against the others and against the tensors saved with it, since a hash
 * finds damage and not what was written wrong.
 */
function checkParts(state: OptimizerState, tensors: SavedTensors, unwrapped: Unwrapped): void {
  const refuse = (expected: string, found: unknown): never => {
    throw problem(expected, JSON.stringify(found) ?? 'nothing', advice);
  };
  const isCount = (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= 0;
  if (!isCount(state.iterations)) refuse('a whole number of iterations >= 0', state.iterations);
  if (!Number.isFinite(state.learningRate)) {
    refuse('a finite number as the learning rate', state.learningRate);
  }
  if (typeof state.registrationOrder !== 'boolean') {
    refuse('registrationOrder true or false', state.registrationOrder);
  }
  if (!isRecord(state.settings)) refuse('settings by name', state.settings);
  const counting = unwrapped.wrappers.map((wrapper) => typeof wrapper['step'] === 'number');
  const fits = (step: unknown, i: number): boolean => (counting[i] ? isCount(step) : step === null);
  if (state.steps.length !== counting.length || !state.steps.every(fits)) {
    refuse(`steps of ${String(counting.length)} optimizers around it`, state.steps);
  }
  const budgets = unwrapped.wrappers.map((wrapper) => isRecord(wrapper['budgetState']));
  const isFitting = (budget: unknown, i: number): boolean =>
    budgets[i] ? isRecord(budget) : budget === null;
  const saved: unknown = state.budgets;
  if (!Array.isArray(saved) || saved.length !== budgets.length || !saved.every(isFitting)) {
    const which = budgets.map((has) => (has ? 'a budget' : 'none')).join(', ');
    refuse(`the budgets of ${String(budgets.length)} optimizers around it (${which})`, saved);
  }
  const lists = Object.keys(state.slots);
  const expected = Object.keys(unwrapped.slots);
  if (lists.join() !== expected.join()) refuse(`slots ${expected.join(', ')}`, lists);
  checkSlots(state, tensors, unwrapped, refuse);
}

function checkSlots(
  { slots, iterations }: OptimizerState,
  tensors: SavedTensors,
  unwrapped: Unwrapped,
  refuse: (expected: string, found: unknown) => never,
): void {
  const scalars = Object.keys(unwrapped.scalars).map((field) => `optimizer/${field}`);
  const named = new Set(scalars);
  let weights: string | undefined;
  for (const [field, names] of Object.entries(slots)) {
    const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
    if (!isList || new Set(names).size !== names.length) {
      refuse(`different names as the slots ${field}`, names);
    }
    // A list that is kept only for some settings, such as the centred one of RMSProp, is empty for others.
    if (names.length === 0) continue;
    const now = names.map(weightOfSlot).join();
    if (weights !== undefined && now !== weights) refuse(`slots ${field} of ${weights}`, now);
    weights = now;
    for (const name of names) named.add(`optimizer/${field}/${name}`);
  }
  if (iterations > 0 && Object.keys(slots).length > 0 && weights === undefined) {
    refuse(`slots after ${String(iterations)} iterations`, slots);
  }
  const left = Object.keys(tensors).find(
    (name) => name.startsWith('optimizer/') && !named.has(name),
  );
  if (left !== undefined) refuse('a slot for every tensor of the optimizer', left);
  for (const name of scalars) {
    const scalar = tensors[name];
    if (scalar !== undefined && scalar.shape.length > 0) {
      refuse(`a single number as ${name}`, scalar.shape);
    }
  }
}

function describe(value: unknown): string {
  return isRecord(value) ? `an object of ${Object.keys(value).join(', ')}` : String(value);
}
