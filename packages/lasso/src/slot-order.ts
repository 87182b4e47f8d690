import { nearest } from '@secateur/input';
import { slotLists, weightOfSlot } from '@secateur/optimizer-state';
import type { Optimizer, Tensor, Variable } from '@tensorflow/tfjs-core';
import { optimizerError, variablesError } from './error.ts';
import type { NamedTensor } from './named-tensor.ts';

/*
 * Optimizers of tfjs keep the state of a weight (momentum, moments) in a list by position: gradients in another order
 * would be added to the wrong weight's state without a word. So gradients always go to the inner optimizer in the
 * order of its own state, which carries names, and weights it has not seen yet go last.
 */

/** Gradients by weight name, from either form `applyGradients` takes; undefined where there is none. */
export function gradientsByName(
  gradients: Readonly<Record<string, Tensor>> | readonly NamedTensor[],
): Map<string, Tensor | undefined> {
  const pairs: [string, Tensor | null | undefined][] = Array.isArray(gradients)
    ? (gradients as readonly NamedTensor[]).map(({ name, tensor }) => [name, tensor])
    : Object.entries(gradients as Readonly<Record<string, Tensor>>);
  const byName = new Map<string, Tensor | undefined>();
  for (const [name, tensor] of pairs) {
    if (byName.has(name)) {
      throw variablesError(
        `applyGradients: expected one gradient a variable, found two for "${name}"; add them up first.`,
      );
    }
    byName.set(name, tensor ?? undefined);
  }
  return byName;
}

/**
 * Returns the names in the order in which `inner` must get its gradients: that of its state, else that of `seen`,
 * then those of `present` that are new.
 */
export function stableOrder(
  inner: Optimizer,
  seen: readonly string[],
  present: Iterable<string>,
  variables: Readonly<Record<string, Variable>>,
): string[] {
  const slots = slotLists(inner)[0] ?? [];
  const known =
    slots.length > 0 ? slots.map(({ originalName }) => weightOfSlot(originalName)) : seen;
  const order = [...new Set([...known, ...present])];
  for (const name of order) {
    if (Object.hasOwn(variables, name)) continue;
    const similar = nearest(name, Object.keys(variables));
    throw variablesError(
      `applyGradients: expected a variable named "${name}", which ${known.includes(name) ? 'earlier steps trained' : 'a gradient is for'}, found ${similar === undefined ? 'no variables' : `"${similar}" as the nearest name`}; keep the names when you replace variables and call setGroups, or start a new optimizer.`,
    );
  }
  slots.forEach(({ variable }, i) => {
    const name = order[i]!;
    const { shape } = variables[name]!;
    if (variable.shape.join() === shape.join()) return;
    throw optimizerError(
      `applyGradients: expected the optimizer's state of "${name}" to have the shape of the variable, [${shape.join(', ')}], found [${variable.shape.join(', ')}]; compact the optimizer together with the variables, or start a new one.`,
    );
  });
  return order;
}
