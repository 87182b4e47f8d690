import { tensor, tidy, type Optimizer, type Variable } from '@tensorflow/tfjs-core';
import type { Layout } from '@secateur/groups';
import { checkOptions } from '@secateur/input';
import { replaceVariable } from '@secateur/optimizer-state';
import { weightIndices } from '../axis-indices.ts';
import { findRemovable } from '../find-removable.ts';
import { prune } from '../prune.ts';
import { argumentError } from '../pruner-error.ts';
import { range } from '../slice-array.ts';
import type { Kept } from '../types.ts';
import { sliceGroups } from './optimizer-groups.ts';
import { sliceSlots, type Cut } from './optimizer-slots.ts';
import { fetchVariables } from './read-variables.ts';

/** A running training: all that gets smaller together. */
export interface Training {
  /** The variables under the weight names of the layout; float32. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** Layout of exactly these variables. */
  readonly layout: Layout;
  /** The optimizer that trains them, or one around it that has it as its `inner`, such as that of `groupLasso`. */
  readonly optimizer?: Optimizer;
  /** The dimensions that may shrink; default the recurrent ones. */
  readonly dims?: readonly string[];
  /** For each dimension that has been looked at, the first indices of the components that are left; default all. */
  readonly originalIndices?: Kept;
}

/** Options of {@link compact}. */
export interface CompactOptions {
  /** Components to keep; default those that {@link findRemovable} does not find in `dims`. */
  readonly kept?: Kept;
}

/** A training after {@link compact}. */
export interface Compacted {
  /** The variables in the old order; those that shrank are new, the others are the same objects. */
  readonly variables: Record<string, Variable>;
  /** The layout of the smaller network. */
  readonly layout: Layout;
  /** For each dimension that has been looked at, the first indices of the components that are left. */
  readonly originalIndices: Kept;
  /** Kept indices per dimension, in the numbering before this call. */
  readonly kept: Kept;
  /** Removed indices per dimension, in the numbering before this call. */
  readonly removed: Record<string, number[]>;
}

/**
 * Removes dead components from a running training and returns what goes on in its place: smaller variables, their layout, and the
 * same optimizer, whose slots and groups have shrunk with them. If anything does not fit, nothing is changed.
 *
 * A variable that shrinks is disposed and replaced by one of the same name, at the same place in TensorFlow.js's registry.
 *
 * @throws `PrunerError` if layout, variables, groups and the optimizer's state do not fit together.
 *
 * @example
 * ```ts
 * import { dispose, tensor2d, variable } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { parseLayout } from '@secateur/groups';
 * import { compact } from '@secateur/pruner/tfjs';
 *
 * await useBackend('cpu');
 * const layout = parseLayout('dims h = 3 \n up  1 -> h \n down  h -> 1');
 * // Nothing reads the second component: its row of `down` is zero.
 * const up = variable(tensor2d([[1, 2, 3]]));
 * const down = variable(tensor2d([[4], [0], [6]]));
 * const training = await compact({ variables: { up, down }, layout, dims: ['h'] });
 * training.layout.dims; // => { h: 2 }
 * training.variables.up.dataSync(); // => [1, 3]
 * dispose(training.variables);
 * ```
 */
export async function compact<T extends Training>(
  training: T,
  options: CompactOptions = {},
): Promise<T & Compacted> {
  checkOptions('compact', options, { kept: true }, argumentError);
  const { variables, optimizer, layout, dims, originalIndices } = training;
  const weights = await fetchVariables(variables);
  const kept = options.kept ?? findRemovable(weights, layout, dims && { dims }).kept;
  const smaller = prune(weights, layout, kept);

  const shrinking = Object.keys(variables).filter(
    (name) => String(smaller.weights[name]!.shape) !== String(weights[name]!.shape),
  );
  const cuts = new Map<string, Cut>();
  for (const name of shrinking) {
    const { shape } = weights[name]!;
    cuts.set(variables[name]!.name, { shape, indices: weightIndices(layout, name, kept) });
  }
  const names = Object.values(variables).map(({ name }) => name);
  const others = new Set(names.filter((name) => !cuts.has(name)));
  const setGroups = optimizer && sliceGroups(optimizer, cuts);
  const replaceSlots = optimizer && (await sliceSlots(optimizer, cuts, others));

  // Groups first: a budget may refuse them, and the variables are read at the next step.
  setGroups?.();
  replaceSlots?.();
  const result: Record<string, Variable> = { ...variables };
  for (const name of shrinking) {
    const { data, shape } = smaller.weights[name]!;
    result[name] = tidy(() => replaceVariable(variables[name]!, tensor(data, [...shape])));
  }

  const left: Record<string, readonly number[]> = { ...originalIndices };
  const removed: Record<string, number[]> = {};
  for (const [dim, indices] of Object.entries(kept)) {
    const before = originalIndices?.[dim];
    left[dim] = indices.map((index) => before?.[index] ?? index);
    const stays = new Set(indices);
    removed[dim] = range(layout.dims[dim]!).filter((index) => !stays.has(index));
  }
  return {
    ...training,
    ...{ variables: result, layout: smaller.layout, originalIndices: left, kept, removed },
  };
}
