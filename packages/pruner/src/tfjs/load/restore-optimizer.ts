import { sentence } from '@secateur/input';
import { serialization, type Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { GroupSet } from '@secateur/groups';
import { messageOf } from '../../check-weights.ts';
import { PrunerError, optimizerError } from '../../pruner-error.ts';
import { currentNames } from './current-names.ts';

/** What a group-Lasso optimizer adds to the saved config of the optimizer inside it. */
interface SavedGroupLasso {
  readonly groups: readonly GroupSet[];
  readonly inner?: SavedGroupLasso;
}

/** The class of `@secateur/lasso`, which this package does not import. */
interface GroupLassoClass {
  restore(inner: Optimizer, saved: SavedGroupLasso): Optimizer;
}

/** What a compiled model remembers of `compile`. */
interface Compiled {
  readonly optimizer: Optimizer;
  readonly loss: never;
  readonly metrics: never;
}

/** The group-Lasso part of the training config in a model file, if there is one. */
export function savedGroupLasso(trainingConfig: unknown): SavedGroupLasso | undefined {
  const { optimizer_config: optimizer } = (trainingConfig ?? {}) as {
    optimizer_config?: { config?: { groupLasso?: SavedGroupLasso } };
  };
  return optimizer?.config?.groupLasso;
}

/**
 * The class registered as `GroupLasso`.
 *
 * @throws `PrunerError` if there is none.
 */
export function groupLassoClass(): GroupLassoClass {
  const { classNameMap } = serialization.SerializationMap.getMap();
  const registered = Object.hasOwn(classNameMap, 'GroupLasso')
    ? classNameMap['GroupLasso']
    : undefined;
  if (registered !== undefined) return registered[0] as unknown as GroupLassoClass;
  throw optimizerError(
    `loadLayersModel: expected the class GroupLasso, which the model was trained with, to be registered, found none; call serialization.registerClass(GroupLassoOptimizer) with that of @secateur/lasso first, or pass optimizer: 'inner' or 'none'.`,
  );
}

/** Compiles a loaded model with its saved group-Lasso optimizer round the inner one that TensorFlow.js has restored. */
export function restoreGroupLasso(
  model: LayersModel,
  kind: GroupLassoClass,
  saved: SavedGroupLasso,
): void {
  const { optimizer: inner, loss, metrics } = model as unknown as Compiled;
  let optimizer: Optimizer;
  try {
    optimizer = kind.restore(inner, rename(saved, currentNames(model)));
  } catch (cause) {
    if (cause instanceof PrunerError) throw cause;
    throw optimizerError(
      `loadLayersModel: expected a group-Lasso optimizer in the model file, found one that cannot be made: ${sentence(messageOf(cause))} Or load with optimizer: 'inner' and wrap model.optimizer by groupLasso.`,
      { cause },
    );
  }
  model.compile({ optimizer, loss, metrics });
}

function rename(saved: SavedGroupLasso, nameOf: (saved: string) => string): SavedGroupLasso {
  const { inner, groups } = saved;
  return {
    ...saved,
    groups: groups.map((set) => ({
      ...set,
      slices: set.slices.map((slice) => ({ ...slice, weight: nameOf(slice.weight) })),
    })),
    ...(inner === undefined ? {} : { inner: rename(inner, nameOf) }),
  };
}
