import type { Optimizer, serialization } from '@tensorflow/tfjs-core';

/** What the class of every optimizer has. */
interface OptimizerClass {
  fromConfig(kind: OptimizerClass, config: serialization.ConfigDict): Optimizer;
}

/** Makes an optimizer of the same class and settings that has taken no step. */
export function copyOptimizer(optimizer: Optimizer): Optimizer {
  const kind = optimizer.constructor as unknown as OptimizerClass;
  return kind.fromConfig(kind, optimizer.getConfig());
}
