import { issGroups, resizeLayout, type Layout } from '@secateur/groups';

/** For each dimension that compaction may shrink: the first numbers of the components that are left. */
export type OriginalIndices = Readonly<Record<string, readonly number[]>>;

/** The components of some dimensions, by default the recurrent ones, before anything is removed. */
export function allIndices(layout: Layout, dims?: readonly string[]): OriginalIndices {
  return Object.fromEntries(
    issGroups(layout, dims && { dims }).map(({ name, count }) => [
      name,
      Array.from({ length: count }, (_, i) => i),
    ]),
  );
}

/** The layout of the network that has these components left. */
export function layoutLeft(full: Layout, origins: OriginalIndices): Layout {
  const sizes = Object.entries(origins).map(([dim, left]) => [dim, left.length] as const);
  return resizeLayout(full, Object.fromEntries(sizes));
}

/** Norms by the components' first numbers, zero where compaction removed them; four digits are enough for a picture. */
export function normsByOriginalIndex(
  norms: Readonly<Record<string, ArrayLike<number>>>,
  full: Layout,
  origins: OriginalIndices,
): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(norms).map(([dim, values]) => {
      const row = new Array<number>(full.dims[dim]!).fill(0);
      origins[dim]!.forEach((origin, i) => {
        row[origin] = Number(values[i]!.toPrecision(4));
      });
      return [dim, row];
    }),
  );
}
