import type { Layout } from '@secateur/groups';
import { checkDims } from './dims.ts';
import { argumentError } from './pruner-error.ts';

/** Sets of dimensions that must have as many components as each other. */
export type EqualDims = readonly (readonly string[])[];

/**
 * The sets of which every dimension is looked at, those that share a dimension as one; a set that is looked at in part is an
 * error.
 */
export function checkEqual(
  caller: string,
  equal: EqualDims,
  dims: readonly string[],
  layout: Layout,
): EqualDims {
  let joined: readonly string[][] = [];
  for (const set of equal) {
    checkDims(caller, set, layout);
    const sizes = set.map((dim) => layout.dims[dim]!);
    if (new Set(sizes).size > 1) {
      throw argumentError(
        `${caller}: expected dimensions of one size to be kept equal, found ${set.map((dim, i) => `${dim} = ${sizes[i]!}`).join(', ')}; take them apart in equal.`,
      );
    }
    const prunable = set.filter((dim) => dims.includes(dim));
    if (prunable.length > 0 && prunable.length < set.length) {
      throw argumentError(
        `${caller}: expected ${set.join(', ')}, whose sizes are to be equal, all in dims or none, found only ${prunable.join(', ')}; add the others to dims.`,
      );
    }
    if (prunable.length === 0) continue;
    const touched = joined.filter((other) => other.some((dim) => set.includes(dim)));
    const rest = joined.filter((other) => !touched.includes(other));
    joined = [...rest, [...new Set([...touched.flat(), ...set])]];
  }
  return joined;
}
