import { recurrentDims, type Layout } from '@secateur/groups';
import { argumentError } from './pruner-error.ts';

/** The dimensions to look at by default; a layout without any would make every search find nothing. */
export function recurrentOnes(caller: string, layout: Layout): string[] {
  const dims = recurrentDims(layout);
  if (dims.length > 0) return dims;
  throw argumentError(
    `${caller}: expected a recurrent dimension in the layout, one that a weight reads and writes, found none among ${Object.keys(layout.dims).join(', ') || 'no dimensions'}; name those to look at in dims.`,
  );
}

/** Checks that `dims` are dimensions of the layout. */
export function checkDims(caller: string, dims: readonly string[], layout: Layout): void {
  for (const dim of dims) {
    if (!Object.hasOwn(layout.dims, dim)) {
      throw argumentError(
        `${caller}: expected a dimension of the layout (${Object.keys(layout.dims).join(', ')}), found "${dim}"; check its spelling.`,
      );
    }
  }
}

/** Checks how many components are to stay in each dimension. */
export function checkAtLeast(caller: string, atLeast: number, least = 0): void {
  if (Number.isInteger(atLeast) && atLeast >= least) return;
  throw argumentError(
    `${caller}: expected atLeast as a whole number of ${least} or more, found ${atLeast}; leave it out to keep one of each.`,
  );
}

/** A value for each dimension. */
export function recordOf<T>(dims: readonly string[], value: (dim: string) => T): Record<string, T> {
  return Object.fromEntries(dims.map((dim) => [dim, value(dim)]));
}
