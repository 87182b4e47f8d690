import {
  innermost,
  registeredVariables,
  replaceSlot,
  slotLists,
  unwrap,
  weightOfSlot,
  type Slot,
} from '@secateur/optimizer-state';
import { tensor, tidy, type Optimizer } from '@tensorflow/tfjs-core';
import { optimizerError } from '../pruner-error.ts';
import { sliceArray } from '../slice-array.ts';

/** How one variable shrinks: its old shape and the positions that stay along each axis. */
export interface Cut {
  readonly shape: readonly number[];
  readonly indices: readonly (readonly number[] | undefined)[];
}

/**
 * Slices the slots of the cut variables (by variable name), and returns what puts them in place. Checks everything before
 * anything changes.
 *
 * @param others - Names of the variables that are not cut.
 * @throws `PrunerError` if the optimizer's state is not that of these variables.
 */
export async function sliceSlots(
  optimizer: Optimizer,
  cuts: ReadonlyMap<string, Cut>,
  others: ReadonlySet<string>,
): Promise<() => void> {
  const slots = readSlots(optimizer);
  const stale = staleSlot(slots, cuts, others);
  if (stale !== undefined) {
    throw optimizerError(
      `compact: expected optimizer slots of "${stale.variable}", found "${stale.slot}" in their place; the state is that of a model before it was loaded again. Take a step first, or restore it with the names of these variables.`,
    );
  }
  const cutting = slots.flatMap((slot) => {
    const cut = cuts.get(weightOfSlot(slot.originalName));
    return cut === undefined ? [] : [{ slot, cut }];
  });
  for (const { slot, cut } of cutting) {
    const { shape } = slot.variable;
    if (String(shape) === String(cut.shape)) continue;
    throw optimizerError(
      `compact: expected optimizer slot "${slot.originalName}" of shape [${cut.shape.join(', ')}], found [${shape.join(', ')}]; does the optimizer belong to another model?`,
    );
  }
  const sliced = await Promise.all(
    cutting.map(async ({ slot, cut: { shape, indices } }) => ({
      slot,
      values: sliceArray(await slot.variable.data<'float32'>(), shape, indices),
    })),
  );
  return () => {
    for (const { slot, values } of sliced) {
      tidy(() => replaceSlot(slot, tensor(values.data, values.shape)));
    }
  };
}

/**
 * State that was restored beside a model which was loaded again has the names of the old one: then a cut variable has no
 * slot, and a variable that is none of these has one of its shape. Uncut, it would spoil the next step.
 */
function staleSlot(
  slots: readonly Slot[],
  cuts: ReadonlyMap<string, Cut>,
  others: ReadonlySet<string>,
): { variable: string; slot: string } | undefined {
  const owners = new Set(slots.map(({ originalName }) => weightOfSlot(originalName)));
  for (const [variable, { shape }] of cuts) {
    if (owners.has(variable)) continue;
    const slot = slots.find(({ originalName, variable: { shape: slotShape } }) => {
      const owner = weightOfSlot(originalName);
      return String(slotShape) === String(shape) && !cuts.has(owner) && !others.has(owner);
    });
    if (slot !== undefined) return { variable, slot: slot.originalName };
  }
  return undefined;
}

function readSlots(optimizer: Optimizer): Slot[] {
  const slots = slotLists(innermost(optimizer)).flat();
  const kind = unwrap(optimizer);
  if (slots.length === 0 && typeof kind === 'string') {
    throw optimizerError(
      `compact: expected an optimizer of TensorFlow.js, or one around it as its "inner", found ${kind}; its state cannot be made smaller.`,
    );
  }
  const known = registeredVariables();
  for (const { originalName } of slots) {
    const weight = weightOfSlot(originalName);
    if (known[weight] !== undefined) continue;
    throw optimizerError(
      `compact: expected optimizer slots named after variables, found "${originalName}" and no variable "${weight}"; does the optimizer belong to a model that was disposed?`,
    );
  }
  return slots;
}
