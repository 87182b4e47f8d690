import {
  dispose,
  gather,
  tensor1d,
  tidy,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { chooseOrigins, type Origins } from '@secateur/app';
import { issGroups, type Layout } from '@secateur/groups';
import type { GroupLassoOptimizer } from '@secateur/lasso';
import type { Kept } from '@secateur/pruner';
import { compact } from '@secateur/pruner/tfjs';
import type { NamedStates } from '@secateur/cells';
import type { LanguageModel } from './network/network.ts';

/** What a training works on, and what becomes smaller. */
export interface Compactable {
  readonly variables: Readonly<Record<string, Variable>>;
  readonly layout: Layout;
  readonly origins: Origins;
  readonly state: NamedStates;
}

/** What removes components, and of which dimensions. */
export interface Removal {
  readonly network: LanguageModel;
  readonly optimizer: GroupLassoOptimizer;
  readonly dims: readonly string[];
}

/** Whether a budget has made components go for good that are still there. */
export function hasGone(optimizer: GroupLassoOptimizer): boolean {
  const amounts = Object.values(optimizer.budgetState?.amounts ?? {});
  return amounts.some((list) => list.some((amount) => amount < 0));
}

/** Removes dead components from a running training: from weights, groups and the state that is carried. */
export async function compactTraining(
  { variables, layout, origins, state }: Compactable,
  { network, optimizer, dims }: Removal,
): Promise<Compactable> {
  const smaller = await compact({ variables, optimizer, layout, dims });
  optimizer.setGroups(issGroups(smaller.layout, { dims }));
  return {
    variables: smaller.variables,
    layout: smaller.layout,
    origins: chooseOrigins(origins, smaller.kept),
    state: keepUnits(state, network, smaller.kept),
  };
}

/** The carried state without the units that are gone; what no unit of the network has, such as a teacher's, stays. */
function keepUnits(state: NamedStates, network: LanguageModel, kept: Kept): NamedStates {
  return Object.fromEntries(
    Object.entries(state).map(([name, values]): [string, Tensor2D] => {
      const dim = network.net.states[name];
      const units = dim === undefined ? undefined : kept[dim];
      if (units === undefined || units.length === values.shape[1]) return [name, values];
      const left = tidy(() => gather(values, tensor1d([...units], 'int32'), 1));
      dispose(values);
      return [name, left];
    }),
  );
}
