import { variable, type Optimizer, type Tensor, type Variable } from '@tensorflow/tfjs-core';

/** The state that an optimizer keeps for one weight, as TensorFlow.js keeps it: a momentum, a moment. */
export interface Slot {
  /** Name of the weight, a slash, and what it is: `lstm1/kernel/m`. */
  originalName: string;
  /** The numbers, of the weight's shape. */
  variable: Variable;
}

/**
 * The lists of slots that an optimizer keeps, whatever its class; none for plain gradient descent or before a step. A weight
 * stands at one place in all lists.
 */
export function slotLists(optimizer: Optimizer): readonly (readonly Slot[])[] {
  return (Object.values(optimizer) as unknown[]).filter(
    (value): value is Slot[] => Array.isArray(value) && value.length > 0 && value.every(isSlot),
  );
}

function isSlot(value: unknown): value is Slot {
  return (
    typeof value === 'object' && value !== null && 'originalName' in value && 'variable' in value
  );
}

/** The weight whose state a slot is, by the slot's name: `lstm1/kernel/m` is state of `lstm1/kernel`. */
export function weightOfSlot(slot: string): string {
  return slot.slice(0, slot.lastIndexOf('/'));
}

/** The name of a slot when its weight has another name. */
export function renamedSlot(slot: string, weight: string): string {
  return weight + slot.slice(slot.lastIndexOf('/'));
}

/** Gives a slot another value, of any shape; the value stays the caller's. */
export function replaceSlot(slot: Slot, value: Tensor): void {
  slot.variable.dispose();
  slot.variable = variable(value, false);
}
