import type { Weights } from '@secateur/groups';
import { gruReference } from '@secateur/testing';
import type { Direction } from './recurrent-stack.ts';

/** One direction of a GRU of ours, of whatever size its weights have; a recurrent bias means that it resets after. */
export function gruDirection(weights: Weights, name: string): Direction {
  const units = weights[`${name}/recurrent`]!.shape[0]!;
  const [kernel, recurrent, bias] = ['kernel', 'recurrent', 'bias'].map(
    (part) => weights[`${name}/${part}`]!.data,
  ) as [Float32Array, Float32Array, Float32Array];
  const recurrentBias = weights[`${name}/recurrentBias`]?.data;
  const resetAfter = recurrentBias !== undefined;
  const biases = resetAfter ? { bias, recurrentBias } : { bias };
  const own = { kernel, recurrent, ...biases, units, resetAfter, batch: 1 };
  return { units, run: (x, time, input) => gruReference({ x, time, input, ...own }) };
}
