import type { GroupSet, Slice } from '@secateur/groups';
import { optimizerChain } from '@secateur/optimizer-state';
import type { Optimizer } from '@tensorflow/tfjs-core';
import { optimizerError } from '../pruner-error.ts';
import { range } from '../slice-array.ts';
import type { Cut } from './optimizer-slots.ts';

/** An optimizer that penalizes groups, such as that of `@secateur/lasso`, which this package does not import. */
interface Penalizer {
  readonly groups: readonly GroupSet[];
  setGroups(groups: readonly GroupSet[]): void;
}

/**
 * The groups of what is left of the cut variables (by variable name), for each optimizer of a chain that has groups; returns what
 * sets them.
 *
 * @throws `PrunerError` if a group loses a part, or none would be left.
 */
export function sliceGroups(optimizer: Optimizer, cuts: ReadonlyMap<string, Cut>): () => void {
  const changes = (optimizerChain(optimizer) as readonly object[])
    .filter(isPenalizer)
    .map((penalizer) => ({ penalizer, groups: groupsLeft(penalizer.groups, cuts) }));
  return () => {
    for (const { penalizer, groups } of changes) penalizer.setGroups(groups);
  };
}

function isPenalizer(optimizer: object): optimizer is Penalizer {
  const { groups, setGroups } = optimizer as Partial<Penalizer>;
  return Array.isArray(groups) && typeof setGroups === 'function';
}

function groupsLeft(groups: readonly GroupSet[], cuts: ReadonlyMap<string, Cut>): GroupSet[] {
  const left = groups.flatMap(({ name, count, slices }) => {
    const [first, ...others] = slices.map((slice) => componentsLeft(slice, count, cuts));
    const odd = others.findIndex((components) => String(components) !== String(first));
    if (odd !== -1) {
      throw optimizerError(
        `compact: expected groups of whole components of the layout, found "${name}", of which "${slices[0]!.weight}" keeps others than "${slices[odd + 1]!.weight}"; make them with issGroups(layout).`,
      );
    }
    const kept = first?.length ?? count;
    return kept === 0 ? [] : [{ name, count: kept, slices: slices.map((s) => moved(s, cuts)) }];
  });
  if (left.length > 0 || groups.length === 0) return left;
  throw optimizerError(
    `compact: expected a component of ${groups.map(({ name }) => name).join(' or ')} to be left, found none; the penalty has removed all, so take a smaller lambda.`,
  );
}

/** The components of which a slice is left. */
function componentsLeft(slice: Slice, count: number, cuts: ReadonlyMap<string, Cut>): number[] {
  const indices = indicesOf(slice, cuts);
  if (indices === undefined) return range(count);
  return indices.map((index) => index - slice.start).filter((k) => k >= 0 && k < count);
}

/** A slice at its place in the smaller weight. */
function moved(slice: Slice, cuts: ReadonlyMap<string, Cut>): Slice {
  const indices = indicesOf(slice, cuts);
  if (indices === undefined) return slice;
  return { ...slice, start: indices.filter((index) => index < slice.start).length };
}

/** The indices of a slice's axis that are left; undefined when all are. */
function indicesOf(
  { weight, axis }: Slice,
  cuts: ReadonlyMap<string, Cut>,
): readonly number[] | undefined {
  return cuts.get(weight)?.indices[axis];
}
