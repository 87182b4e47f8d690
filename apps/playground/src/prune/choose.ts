import type { Layout, Weights } from '@secateur/groups';
import { chooseKept, findRemovable, type Kept } from '@secateur/pruner';
import { FileError } from './opened.ts';

/** What stays: all that is read, or what a share of the multiply-adds leaves. */
export function choose(
  weights: Weights,
  layout: Layout,
  dims: readonly string[],
  equal: readonly (readonly string[])[],
  share: number | null,
): { readonly kept: Kept; readonly exact: boolean } {
  if (dims.length === 0) throw new FileError('Nothing in this file can be pruned.');
  const sets = equal
    .map((set) => set.filter((dim) => dims.includes(dim)))
    .filter(({ length }) => length > 1);
  return share === null
    ? findRemovable(weights, layout, { dims, equal: sets })
    : chooseKept(weights, layout, { dims, equal: sets, macs: share });
}
