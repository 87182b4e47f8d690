import type { Layout, Weights } from '@secateur/groups';
import { deadPositions, hasNonzeroEntry, slicesOf, type Part } from './nonzero.ts';
import { argumentError } from './pruner-error.ts';
import { range } from './slice-array.ts';

/** How {@link deadComponents} searches. */
export interface Search {
  readonly dims: readonly string[];
  readonly tolerance: number;
  readonly criterion: 'reads' | 'group';
}

/** Marks dead components with 1, each round looking past the entries of those found in the rounds before. */
export function deadComponents(
  caller: string,
  weights: Weights,
  layout: Layout,
  { dims, tolerance, criterion }: Search,
): Record<string, Uint8Array> {
  const dead: Record<string, Uint8Array> = {};
  const parts = new Map<string, Part[]>();
  for (const dim of dims) {
    dead[dim] = new Uint8Array(layout.dims[dim]!);
    const slices = slicesOf(layout, dim, criterion);
    if (!slices.some(({ reads }) => reads)) {
      throw argumentError(
        `${caller}: expected dimension "${dim}" to be read by some weight, found none; it leaves the network, so leave it out of dims.`,
      );
    }
    parts.set(dim, slices);
  }
  for (let changed = true; changed;) {
    changed = false;
    const masks = deadPositions(layout, criterion === 'reads' ? dead : {});
    const next = new Map<string, number[]>();
    for (const [dim, slices] of parts) {
      const alive = (k: number): boolean =>
        slices.some((slice) => hasNonzeroEntry(weights, masks, slice, k, tolerance));
      next.set(
        dim,
        range(dead[dim]!.length).filter((k) => dead[dim]![k] === 0 && !alive(k)),
      );
    }
    for (const [dim, indices] of next) {
      for (const k of indices) dead[dim]![k] = 1;
      if (criterion === 'reads' && indices.length > 0) changed = true;
    }
  }
  return dead;
}

/** How many components are not marked. */
export function alive(dead: Uint8Array): number {
  return dead.filter((gone) => gone === 0).length;
}
