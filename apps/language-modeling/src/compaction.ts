import { dispose, gather, tensor1d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Kept } from '@secateur/pruner';
import { compact, type Compacted, type Training } from '@secateur/pruner/tfjs';
import type { NamedStates } from '@secateur/cells';
import type { LanguageModel } from './network/network.ts';

/** Removes dead components from a running training, and from the state that its network carries. */
export async function compactTraining<T extends Training>(
  training: T,
  state: NamedStates,
  network: LanguageModel,
): Promise<{ readonly training: T & Compacted; readonly state: NamedStates }> {
  const smaller = await compact(training);
  return { training: smaller, state: keepUnits(state, network, smaller.kept) };
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
