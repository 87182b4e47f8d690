import { engine, Optimizer, tensor, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { messageOf } from '../check-weights.ts';
import { PrunerError } from '../pruner-error.ts';
import { sliceArray } from '../slice-array.ts';

/** TensorFlow.js does not export the name of this type. */
type NamedTensor = Awaited<ReturnType<Optimizer['getWeights']>>[number];

/** How one variable shrinks: its old shape and the positions that stay along each axis. */
export interface Cut {
  readonly shape: readonly number[];
  readonly indices: readonly (readonly number[] | undefined)[];
}

/** New optimizer state, ready to be put in place by `apply`, which cannot fail halfway for a reason of ours. */
export interface SlotChange {
  apply(): Promise<void>;
}

/** Adam keeps these beside its slots and its setWeights computes them anew from the step count, to other bits. */
interface BetaPowers {
  accBeta1: Variable;
  accBeta2: Variable;
}

/**
 * Reads an optimizer's slots through `getWeights`, slices those of the cut variables (by variable name) and returns
 * how to put them in place. Checks everything before anything changes.
 *
 * @param others - Names of the variables that are not cut.
 */
export async function sliceSlots(
  optimizer: Optimizer,
  cuts: ReadonlyMap<string, Cut>,
  others: ReadonlySet<string>,
): Promise<SlotChange> {
  const [iterations, ...slots] = await readSlots(optimizer);
  const stale = staleSlot(slots, cuts, others);
  if (stale !== undefined) {
    iterations?.tensor.dispose();
    throw new PrunerError(
      `compact: expected optimizer slots of "${stale.variable}", found "${stale.slot}" in their place; the state is that of a model before it was loaded again. Take a step first, or restore it with the names of these variables.`,
    );
  }
  const replaced: NamedTensor[] = [];
  const fresh: Tensor[] = [];
  for (const slot of slots) {
    const cut = cuts.get(variableOf(slot.name));
    if (cut === undefined) {
      replaced.push(slot);
      continue;
    }
    if (String(slot.tensor.shape) !== String(cut.shape)) {
      for (const made of fresh) made.dispose();
      iterations?.tensor.dispose();
      throw new PrunerError(
        `compact: expected optimizer slot "${slot.name}" of shape [${cut.shape.join(', ')}], found [${slot.tensor.shape.join(', ')}]; does the optimizer belong to another model?`,
      );
    }
    const values = sliceArray(await slot.tensor.data<'float32'>(), cut.shape, cut.indices);
    const sliced = tensor(values.data, values.shape);
    fresh.push(sliced);
    replaced.push({ name: slot.name, tensor: sliced });
  }
  return {
    async apply() {
      // With no slots there is nothing to slice, and SGD's setWeights refuses an empty list in some versions.
      if (iterations !== undefined && fresh.length > 0) {
        const powers = betaPowers(optimizer);
        const exact = powers.map(({ accBeta1, accBeta2 }) => [accBeta1.clone(), accBeta2.clone()]);
        await optimizer.setWeights([iterations, ...replaced]);
        powers.forEach(({ accBeta1, accBeta2 }, i) => {
          accBeta1.assign(exact[i]![0]!);
          accBeta2.assign(exact[i]![1]!);
        });
        for (const power of exact.flat()) power.dispose();
        // setWeights made new variables on the same data; the old ones and the slices only hold references now.
        // An optimizer may have released what it replaced (groupLasso does); a second dispose of a variable would take the
        // data from the new one.
        for (const { tensor } of slots) if (!tensor.isDisposed) tensor.dispose();
      }
      for (const made of fresh) made.dispose();
      iterations?.tensor.dispose();
    },
  };
}

/**
 * State that was restored beside a model which was loaded again has the names of the old one: then a cut variable has no
 * slot, and a variable that is none of these has one of its shape. Uncut, it would spoil the next step.
 */
function staleSlot(
  slots: readonly NamedTensor[],
  cuts: ReadonlyMap<string, Cut>,
  others: ReadonlySet<string>,
): { variable: string; slot: string } | undefined {
  const owners = new Set(slots.map(({ name }) => variableOf(name)));
  for (const [variable, { shape }] of cuts) {
    if (owners.has(variable)) continue;
    const slot = slots.find(({ name, tensor: { shape: own } }) => {
      const owner = variableOf(name);
      return String(own) === String(shape) && !cuts.has(owner) && !others.has(owner);
    });
    if (slot !== undefined) return { variable, slot: slot.name };
  }
  return undefined;
}

async function readSlots(optimizer: Optimizer): Promise<NamedTensor[]> {
  let slots: NamedTensor[];
  try {
    slots = await optimizer.getWeights();
  } catch (cause) {
    throw new PrunerError(
      `compact: expected an optimizer that hands out its slots, found ${className(optimizer)}, whose getWeights failed (${messageOf(cause)}); use sgd, momentum, adam, rmsprop, adagrad or adadelta.`,
      { cause },
    );
  }
  const known = engine().registeredVariables;
  for (const { name } of slots.slice(1)) {
    if (known[variableOf(name)] === undefined) {
      slots[0]?.tensor.dispose();
      throw new PrunerError(
        `compact: expected optimizer slots named after variables, found "${name}" and no variable "${variableOf(name)}"; does the optimizer belong to a model that was disposed?`,
      );
    }
  }
  return slots;
}

/** `lstm1/kernel/m` belongs to `lstm1/kernel`. */
function variableOf(slot: string): string {
  return slot.slice(0, slot.lastIndexOf('/'));
}

function className(optimizer: Optimizer): string {
  return typeof optimizer.getClassName === 'function' ? optimizer.getClassName() : 'an optimizer';
}

/** Finds the beta powers of an Adam, also of one inside a wrapper. */
function betaPowers(optimizer: Optimizer, seen = new Set<Optimizer>()): BetaPowers[] {
  if (seen.has(optimizer)) return [];
  seen.add(optimizer);
  const { accBeta1, accBeta2 } = optimizer as unknown as Record<string, unknown>;
  const own = isVariable(accBeta1) && isVariable(accBeta2) ? [{ accBeta1, accBeta2 }] : [];
  const inner = Object.values(optimizer).filter(
    (value): value is Optimizer =>
      typeof value === 'object' && value !== null && value instanceof Optimizer,
  );
  return [...own, ...inner.flatMap((value) => betaPowers(value, seen))];
}

function isVariable(value: unknown): value is Variable {
  return typeof value === 'object' && value !== null && 'assign' in value;
}
