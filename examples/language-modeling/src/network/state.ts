import { keep } from '@tensorflow/tfjs-core';
import type { State } from './network.ts';

/** Keeps a state's tensors beyond the tidy that made them. */
export function keepState(state: State): State {
  return Object.fromEntries(Object.entries(state).map(([name, each]) => [name, keep(each)]));
}
