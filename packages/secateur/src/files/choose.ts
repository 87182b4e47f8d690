import type { Layout } from '@secateur/groups';
import { chooseKept, findRemovable, type Kept } from '@secateur/pruner';
import { CommandError } from '../command-error.ts';
import type { ModelFile, SmallerOptions } from './model-file.ts';

/**
 * The components to keep: without a target all that are not dead.
 *
 * @throws CommandError when nothing of the model can be pruned, or a dimension is asked for that it does not have.
 */
export function chooseComponents(
  {
    weights,
    layout,
    dims: offered,
    equal: sets,
    notes,
  }: Pick<ModelFile, 'weights' | 'layout' | 'dims' | 'equal' | 'notes'>,
  options: SmallerOptions,
): { readonly kept: Kept; readonly exact: boolean } {
  const { target, roundTo, atLeast, dims = offered, anySize = false } = options;
  requireDims(dims, offered, notes);
  const equal = anySize
    ? []
    : sets.map((set) => set.filter((dim) => dims.includes(dim))).filter((set) => set.length > 1);
  const common = { dims, equal, ...(atLeast === undefined ? {} : { atLeast }) };
  if (target === undefined) return findRemovable(weights, layout, common);
  return chooseKept(weights, layout, {
    ...common,
    ...target,
    ...(roundTo === undefined ? {} : { roundTo }),
  });
}

/** Throws when no dimension is left, or one is asked for that is not offered. */
export function requireDims(
  dims: readonly string[],
  offered: readonly string[],
  notes: readonly string[],
): void {
  if (offered.length === 0) {
    const why = notes.length === 0 ? 'no recurrent layer' : notes.join('; ');
    throw new CommandError(`expected a dimension that can be pruned, found none: ${why}.`);
  }
  const other = dims.find((dim) => !offered.includes(dim));
  if (other === undefined) return;
  throw new CommandError(
    `expected dimensions that can be pruned (${offered.join(', ')}), found "${other}"; see secateur inspect.`,
  );
}

/** How many components of each dimension go, without those of which none goes. */
function removedOf(layout: Layout, kept: Kept): Record<string, number> {
  const removed = Object.entries(kept).map(
    ([dim, indices]) => [dim, layout.dims[dim]! - indices.length] as const,
  );
  return Object.fromEntries(removed.filter(([, count]) => count > 0));
}

/** What the history of a model says of one removal. */
export const historyEntry = (
  layout: Layout,
  kept: Kept,
  exact: boolean,
): Readonly<Record<string, unknown>> => ({
  by: 'secateur prune',
  exact,
  removed: removedOf(layout, kept),
});
