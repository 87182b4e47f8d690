import { namesText } from '@secateur/input';
import { renamedSlot, slotLists, weightOfSlot, type Slot } from '@secateur/optimizer-state';
import type { Optimizer, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LassoError } from './error.ts';
import { optimizerError } from './error.ts';
import { stableOrder } from './slot-order.ts';
import { matchWeights, type NamedShape } from './match-weights.ts';

/*
 * The state of an optimizer names the variables of the model that was saved. In one process a loaded model has other
 * names, and those of the saved one may still be registered, so that a name alone does not tell whose state it is: the
 * first step after a restore does. State that a step has found its weight for is told by the slot's variable, which every
 * way to restore state (`setWeights`, a checkpoint, compaction) replaces.
 */

const weightOf = ({ originalName }: Slot): string => weightOfSlot(originalName);

/** Knows whose state is whose in the inner optimizer, and so the order in which it must get the gradients. */
export class StateOwners {
  #seen: readonly string[] = [];
  readonly #placed = new WeakSet<Variable>();

  /**
   * The names of the weights in the order in which the inner optimizer must get their gradients. State that was restored since
   * the last step gets the names of the weights that this step trains.
   *
   * @throws {@link LassoError} if that cannot be told; the state would start at zero for some weight.
   */
  order(
    inner: Optimizer,
    gradients: ReadonlyMap<string, Tensor | undefined>,
    variables: Readonly<Record<string, Variable>>,
  ): string[] {
    this.#place(inner, gradients, variables);
    return stableOrder(inner, this.#seen, gradients.keys(), variables);
  }

  /** Remembers after a step the order of its weights, and that the state of those with a gradient is theirs. */
  remember(
    inner: Optimizer,
    step: { readonly order: readonly string[]; readonly gradients: ReadonlyMap<string, unknown> },
  ): void {
    this.#seen = step.order;
    for (const slot of slotLists(inner).flat()) {
      if (step.gradients.has(weightOf(slot))) this.#placed.add(slot.variable);
    }
  }

  /** Forgets the order: the weights are others from now on. */
  forget(): void {
    this.#seen = [];
  }

  #place(
    inner: Optimizer,
    gradients: ReadonlyMap<string, Tensor | undefined>,
    variables: Readonly<Record<string, Variable>>,
  ): void {
    const lists = slotLists(inner);
    const [first] = lists;
    if (first === undefined) return;
    const restored = first.filter(({ variable }) => !this.#placed.has(variable));
    if (restored.length === 0) return;
    checkLists(
      inner,
      lists.map((list) => list.map(weightOf)),
    );
    const placed = new Set(
      first.filter(({ variable }) => this.#placed.has(variable)).map(weightOf),
    );
    const saved = restored.map((slot) => ({
      name: weightOf(slot),
      shape: slot.variable.shape,
    }));
    const given = [...gradients.keys()]
      .filter((name) => !placed.has(name) && Object.hasOwn(variables, name))
      .map((name) => ({ name, shape: variables[name]!.shape }));
    const trained = given.filter(({ name }) => gradients.get(name) !== undefined);
    const names = matchWeights(saved, trained, given);
    if (names === undefined) throw noMatch(saved, trained);
    for (const list of lists) {
      for (const slot of list) {
        const name = this.#placed.has(slot.variable) ? undefined : names.get(weightOf(slot));
        if (name !== undefined) slot.originalName = renamedSlot(slot.originalName, name);
      }
    }
  }
}

/** Optimizers find the parts of a weight's state at one place in all lists. */
function checkLists(inner: Optimizer, lists: readonly (readonly string[])[]): void {
  const [first] = lists;
  for (const list of lists) {
    if (list.join('\n') === first!.join('\n')) continue;
    throw optimizerError(
      `applyGradients: expected restored state of ${inner.getClassName()} that lists the same weights for each of its parts, found ${first!.join(', ')} and ${list.join(', ')}; pass all that getWeights returned.`,
    );
  }
}

function noMatch(saved: readonly NamedShape[], trained: readonly NamedShape[]): LassoError {
  return optimizerError(
    `applyGradients: expected restored optimizer state of the weights that are trained, ${describe(trained)}, found that of ${describe(saved)}, which fits neither by name nor by position and shape; restore the state of this model with the same layers frozen, or start a new optimizer.`,
  );
}

const describe = (weights: readonly NamedShape[]): string =>
  namesText(weights.map(({ name, shape }) => `"${name}" [${shape.join(', ')}]`));
