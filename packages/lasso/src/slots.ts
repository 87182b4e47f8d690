import type { Optimizer, Variable } from '@tensorflow/tfjs-core';

/** One weight's share of an optimizer's state, as tfjs keeps it. */
export interface Slot {
  /** Name of the weight, a slash, and what it is: `lstm1/kernel/momentum`. */
  originalName: string;
  /** The numbers, of the weight's shape. */
  readonly variable: Variable;
}

/** The lists of per-weight state that an optimizer keeps; none for plain gradient descent or before a step. */
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

/** The weight whose state a slot is: `lstm1/kernel/momentum` is state of `lstm1/kernel`. */
export function weightOfSlot({ originalName }: Slot): string {
  return originalName.slice(0, originalName.lastIndexOf('/'));
}

/** Makes a slot that of another weight. */
export function renameSlot(slot: Slot, weight: string): void {
  slot.originalName = weight + slot.originalName.slice(slot.originalName.lastIndexOf('/'));
}
