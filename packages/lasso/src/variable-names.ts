import type { GroupSet } from '@secateur/groups';
import { nearest } from '@secateur/input';
import type { Variable } from '@tensorflow/tfjs-core';
import { variablesError } from './error.ts';

/*
 * TensorFlow.js knows a variable by its name alone: two of one name cannot exist, gradients come by name, and an optimizer finds what
 * it changes by that name. So a network whose variables have other names than its layout is penalized by groups with theirs.
 */

/** Gives groups the names that TensorFlow.js has for the variables of their weights; what is no weight of these keeps its name. */
export function renameWeights(
  groups: readonly GroupSet[],
  names: ReadonlyMap<string, string>,
): readonly GroupSet[] {
  if (names.size === 0) return groups;
  return groups.map((set) => ({
    ...set,
    slices: set.slices.map((slice) => ({
      ...slice,
      weight: names.get(slice.weight) ?? slice.weight,
    })),
  }));
}

/**
 * The names of variables by those of the weights that they hold.
 *
 * @throws LassoError when a group is of a weight that is not among them.
 */
export function variableNames(
  variables: Readonly<Record<string, Variable>> | undefined,
  groups: readonly GroupSet[],
): ReadonlyMap<string, string> {
  const names = new Map(
    Object.entries(variables ?? {}).map(([weight, { name }]) => [weight, name]),
  );
  const weights = groups.flatMap(({ slices }) => slices.map(({ weight }) => weight));
  const missing = weights.find((weight) => names.size > 0 && !names.has(weight));
  if (missing === undefined) return names;
  throw variablesError(
    `groupLasso: expected variables with one for "${missing}", which a group holds, found "${nearest(missing, [...names.keys()])!}" as the nearest name; pass those of the whole network.`,
  );
}
