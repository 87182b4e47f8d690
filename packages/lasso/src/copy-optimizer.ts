import type { GroupSet } from '@secateur/groups';
import type { Optimizer, serialization } from '@tensorflow/tfjs-core';

/** What the class of every optimizer has. */
interface OptimizerClass {
  fromConfig(kind: OptimizerClass, config: serialization.ConfigDict): Optimizer;
}

/** An optimizer round another, such as a group-Lasso optimizer. */
interface Wrapper {
  readonly groups: readonly GroupSet[];
  withGroups(groups: readonly GroupSet[]): Optimizer;
}

/** Makes an optimizer of the same class and settings that has taken no step. */
export function copyOptimizer(optimizer: Optimizer): Optimizer {
  if (isWrapper(optimizer)) return optimizer.withGroups(optimizer.groups);
  const kind = optimizer.constructor as unknown as OptimizerClass;
  return kind.fromConfig(kind, optimizer.getConfig());
}

// tfjs makes every optimizer an instance of every class of optimizers.
function isWrapper(optimizer: Optimizer): optimizer is Optimizer & Wrapper {
  return 'withGroups' in optimizer;
}
