import { keep } from '@tensorflow/tfjs-core';
import type { NamedStates } from '@secateur/cells';

/** Keeps a state's tensors beyond the tidy that made them. */
export function keepState(state: NamedStates): NamedStates {
  return Object.fromEntries(Object.entries(state).map(([name, each]) => [name, keep(each)]));
}
