import type { Layout } from '@secateur/groups';
import { checkDims } from './check-weights.ts';
import { PrunerError } from './pruner-error.ts';

/** Sets of dimensions that must have as many components as each other. */
export type EqualDims = readonly (readonly string[])[];

/** The sets of which every dimension is looked at; one that is looked at in part is an error. */
export function checkEqual(
  caller: string,
  equal: EqualDims,
  dims: readonly string[],
  layout: Layout,
): EqualDims {
  return equal.filter((set) => {
    checkDims(caller, set, layout);
    const sizes = set.map((dim) => layout.dims[dim]!);
    if (new Set(sizes).size > 1) {
      throw new PrunerError(
        `${caller}: expected dimensions of one size to be kept equal, found ${set.map((dim, i) => `${dim} = ${sizes[i]!}`).join(', ')}; take them apart in equal.`,
      );
    }
    const own = set.filter((dim) => dims.includes(dim));
    if (own.length > 0 && own.length < set.length) {
      throw new PrunerError(
        `${caller}: expected ${set.join(', ')}, whose sizes are to be equal, all in dims or none, found only ${own.join(', ')}; add the others to dims.`,
      );
    }
    return own.length > 0;
  });
}

/** The least number of components of each dimension, at least those given, with which every set is of one size. */
export function equalSizes(
  sizes: Readonly<Record<string, number>>,
  equal: EqualDims,
): Record<string, number> {
  const wanted = { ...sizes };
  // A dimension can be in two sets, so that one set's larger size is another's too.
  for (let changed = true; changed;) {
    changed = false;
    for (const set of equal) {
      const size = Math.max(...set.map((dim) => wanted[dim]!));
      for (const dim of set) {
        if (wanted[dim] === size) continue;
        wanted[dim] = size;
        changed = true;
      }
    }
  }
  return wanted;
}
