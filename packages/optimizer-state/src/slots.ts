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
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { mul, scalar, setBackend, train, variable } from '@tensorflow/tfjs-core';
 * import { slotLists } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const w = variable(scalar(3), true, 'kernel');
 * const optimizer = train.adam(0.1);
 * slotLists(optimizer); // => []
 * optimizer.minimize(() => mul(w, 2));
 * slotLists(optimizer).flat().map(({ originalName }) => originalName); // => ['kernel/m', 'kernel/v']
 * w.dispose();
 * optimizer.dispose();
 * ```
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

/**
 * The weight whose state a slot is, by the slot's name: `lstm1/kernel/m` is state of `lstm1/kernel`.
 *
 * @example
 * ```ts
 * import { weightOfSlot } from '@secateur/optimizer-state';
 *
 * weightOfSlot('lstm1/kernel/m'); // => 'lstm1/kernel'
 * ```
 */
export function weightOfSlot(slot: string): string {
  return slot.slice(0, slot.lastIndexOf('/'));
}

/**
 * The name of a slot when its weight has another name.
 *
 * @example
 * ```ts
 * import { renamedSlot } from '@secateur/optimizer-state';
 *
 * renamedSlot('lstm1/kernel/m', 'encoder/kernel'); // => 'encoder/kernel/m'
 * ```
 */
export function renamedSlot(slot: string, weight: string): string {
  return weight + slot.slice(slot.lastIndexOf('/'));
}

/**
 * Gives a slot another value, of any shape; the value stays the caller's.
 *
 * @example
 * ```ts
 * import '@tensorflow/tfjs-backend-cpu';
 * import { setBackend, tensor1d, variable } from '@tensorflow/tfjs-core';
 * import { replaceSlot } from '@secateur/optimizer-state';
 *
 * await setBackend('cpu');
 * const slot = { originalName: 'kernel/m', variable: variable(tensor1d([1, 2, 3]), false) };
 * const kept = tensor1d([1, 3]);
 * replaceSlot(slot, kept);
 * slot.variable.dataSync(); // => [1, 3]
 * kept.dispose();
 * slot.variable.dispose();
 * ```
 */
export function replaceSlot(slot: Slot, value: Tensor): void {
  slot.variable.dispose();
  slot.variable = variable(value, false);
}
