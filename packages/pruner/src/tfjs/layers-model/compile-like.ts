import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { issGroups, type GroupSet, type Layout } from '@secateur/groups';
import { messageOf } from '../../check-weights.ts';

/** What a compiled model remembers of `compile`, private fields among it. */
interface Compiled {
  readonly optimizer?: Optimizer | null;
  readonly loss?: never;
  readonly metrics?: never;
  readonly model?: Compiled;
  isOptimizerOwned?: boolean;
}

/** An optimizer round another one that penalizes groups, such as that of `@secateur/lasso`. */
interface GroupOptimizer extends Optimizer {
  withGroups(groups: readonly GroupSet[]): Optimizer;
}

/**
 * Compiles a rebuilt model as its source was, with an optimizer of the same class and settings that has taken no step; an
 * optimizer that penalizes groups gets those of the rebuilt model. The model owns the optimizer and disposes it.
 *
 * @returns Notes of what could not be carried over.
 */
export function compileLike(source: LayersModel, copy: LayersModel, layout: Layout): string[] {
  const { optimizer, loss, metrics } = source as unknown as Compiled;
  if (optimizer === undefined || optimizer === null) return [];
  const notes: string[] = [];
  const fresh = copyOptimizer(optimizer, layout, notes);
  if (fresh === undefined) return notes;
  copy.compile({ optimizer: fresh, loss: loss!, metrics: metrics! });
  const compiled = copy as unknown as Compiled;
  compiled.isOptimizerOwned = true;
  if (compiled.model !== undefined) compiled.model.isOptimizerOwned = true;
  return notes;
}

function copyOptimizer(
  optimizer: Optimizer,
  layout: Layout,
  notes: string[],
): Optimizer | undefined {
  try {
    if ('withGroups' in optimizer) {
      const groups = issGroups(layout);
      if (groups.length > 0) return (optimizer as GroupOptimizer).withGroups(groups);
      notes.push(
        'the optimizer is that inside the group-Lasso optimizer, as the smaller model has no groups',
      );
      return copyOptimizer((optimizer as unknown as { inner: Optimizer }).inner, layout, notes);
    }
    const kind = optimizer.constructor as unknown as {
      fromConfig(kind: unknown, config: unknown): Optimizer;
    };
    return kind.fromConfig(kind, optimizer.getConfig());
  } catch (error) {
    notes.push(
      `the smaller model is not compiled: ${optimizer.getClassName()} could not be made anew (${messageOf(error)}); call compile`,
    );
    return undefined;
  }
}
