import { isObject } from './json.ts';
import type { Unwrapped } from './optimizer-kinds.ts';
import type { OptimizerState } from './optimizer-state.ts';
import type { SavedTensors } from './saved-tensor.ts';
import { problem, weightOf } from './trained-variables.ts';

const advice = 'it was changed since it was saved: use another checkpoint';

/**
 * Checks each part of an optimizer's saved state against the others and against the tensors saved with it, since a hash
 * finds damage and not what was written wrong.
 */
export function checkParts(
  state: OptimizerState,
  tensors: SavedTensors,
  { kind, wrappers }: Unwrapped,
): void {
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
  if (!isObject(state.settings)) refuse('settings by name', state.settings);
  const counting = wrappers.map((wrapper) => typeof wrapper['step'] === 'number');
  const fits = (step: unknown, i: number): boolean => (counting[i] ? isCount(step) : step === null);
  if (state.steps.length !== counting.length || !state.steps.every(fits)) {
    refuse(`steps of ${String(counting.length)} optimizers around it`, state.steps);
  }
  const budgets = wrappers.map((wrapper) => isObject(wrapper['budgetState']));
  const isFitting = (budget: unknown, i: number): boolean =>
    budgets[i] ? isObject(budget) : budget === null;
  const found: unknown = state.budgets;
  if (!Array.isArray(found) || found.length !== budgets.length || !found.every(isFitting)) {
    const which = budgets.map((has) => (has ? 'a budget' : 'none')).join(', ');
    refuse(`the budgets of ${String(budgets.length)} optimizers around it (${which})`, found);
  }
  const lists = Object.keys(state.slots);
  if (lists.join() !== kind.slots.join()) refuse(`slots ${kind.slots.join(', ')}`, lists);
  checkSlots(state, tensors, kind, refuse);
}

function checkSlots(
  { slots, iterations }: OptimizerState,
  tensors: SavedTensors,
  kind: Unwrapped['kind'],
  refuse: (expected: string, found: unknown) => never,
): void {
  const named = new Set(kind.scalars.map((field) => `optimizer/${field}`));
  let weights: string | undefined;
  for (const [field, names] of Object.entries(slots)) {
    const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
    if (!isList || new Set(names).size !== names.length) {
      refuse(`different names as the slots ${field}`, names);
    }
    // A list that is kept only for some settings, such as the centred one of RMSProp, is empty for others.
    if (names.length === 0) continue;
    const now = names.map(weightOf).join();
    if (weights !== undefined && now !== weights) refuse(`slots ${field} of ${weights}`, now);
    weights = now;
    for (const name of names) named.add(`optimizer/${field}/${name}`);
  }
  if (iterations > 0 && kind.slots.length > 0 && weights === undefined) {
    refuse(`slots after ${String(iterations)} iterations`, slots);
  }
  const left = Object.keys(tensors).find(
    (name) => name.startsWith('optimizer/') && !named.has(name),
  );
  if (left !== undefined) refuse('a slot for every tensor of the optimizer', left);
  for (const name of kind.scalars.map((field) => `optimizer/${field}`)) {
    const scalar = tensors[name];
    if (scalar !== undefined && scalar.shape.length > 0) {
      refuse(`a single number as ${name}`, scalar.shape);
    }
  }
}
