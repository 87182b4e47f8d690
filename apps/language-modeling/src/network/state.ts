import { keep } from '@tensorflow/tfjs-core';
import type { NamedStates } from '@secateur/cells';
import type { LanguageModel } from './network.ts';

/** Keeps a state's tensors beyond the tidy that made them. */
export function keepState(state: NamedStates): NamedStates {
  return Object.fromEntries(Object.entries(state).map(([name, each]) => [name, keep(each)]));
}

/** What of a carried state is this network's: a teacher's may be carried with it. */
export function ownState({ net }: LanguageModel, carried: NamedStates): NamedStates {
  return Object.fromEntries(
    Object.entries(carried).filter(([name]) => Object.hasOwn(net.states, name)),
  );
}
