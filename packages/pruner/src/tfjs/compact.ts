import { tensor, tidy, type Optimizer, type Variable } from '@tensorflow/tfjs-core';
import type { Layout } from '@secateur/groups';
import { replaceVariable } from '@secateur/optimizer-state';
import { weightIndices } from '../axis-indices.ts';
import { findRemovable } from '../find-removable.ts';
import { prune } from '../prune.ts';
import { range } from '../slice-array.ts';
import type { Kept } from '../types.ts';
import { sliceSlots, type Cut } from './optimizer-slots.ts';
import { fetchVariables } from './read-variables.ts';

/** What {@link compact} works on. */
export interface CompactInput {
  /** The variables under the weight names of the layout; float32. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** The optimizer that trains them, or a wrapper that has it as its `inner`. */
  readonly optimizer?: Optimizer;
  /** Layout of exactly these variables. */
  readonly layout: Layout;
  /** Components to keep; default those that {@link findRemovable} does not find. */
  readonly kept?: Kept;
  /** Without `kept`, the dimensions to look at; default the recurrent ones. */
  readonly dims?: readonly string[];
}

/** A training after {@link compact}. */
export interface Compacted {
  /** The variables in the old order; those that shrank are new, the others are the same objects. */
  readonly variables: Record<string, Variable>;
  /** The layout of the smaller network. */
  readonly layout: Layout;
  /** Kept indices per dimension, in the numbering before this call. */
  readonly kept: Kept;
  /** Removed indices per dimension, in the numbering before this call. */
  readonly removed: Record<string, number[]>;
}

/**
 * Removes dead components from a running training: variables and the optimizer's slots alike.
 *
 * A variable that shrinks is disposed and replaced by one of the same name, at the same place in TensorFlow.js's
 * registry: its optimizers find slots by position, so the order of variables must not change. Group-lasso wrappers
 * must be given the new groups afterwards. If anything does not fit, nothing is changed.
 */
export async function compact(input: CompactInput): Promise<Compacted> {
  const { variables, optimizer, layout, dims } = input;
  const weights = await fetchVariables(variables);
  const kept = input.kept ?? findRemovable(weights, layout, dims && { dims }).kept;
  const smaller = prune(weights, layout, kept);

  const shrinking = Object.keys(variables).filter(
    (name) => String(smaller.weights[name]!.shape) !== String(weights[name]!.shape),
  );
  const cuts = new Map<string, Cut>();
  for (const name of shrinking) {
    cuts.set(variables[name]!.name, {
      shape: weights[name]!.shape,
      indices: weightIndices(layout, name, kept),
    });
  }
  const others = new Set(
    Object.values(variables).flatMap(({ name }) => (cuts.has(name) ? [] : name)),
  );
  const replaceSlots = optimizer && (await sliceSlots(optimizer, cuts, others));

  const result: Record<string, Variable> = { ...variables };
  for (const name of shrinking) {
    const { data, shape } = smaller.weights[name]!;
    result[name] = tidy(() => replaceVariable(variables[name]!, tensor(data, [...shape])));
  }
  replaceSlots?.();

  const removed: Record<string, number[]> = {};
  for (const [dim, indices] of Object.entries(kept)) {
    const stays = new Set(indices);
    removed[dim] = range(layout.dims[dim]!).filter((index) => !stays.has(index));
  }
  return { variables: result, layout: smaller.layout, kept, removed };
}
