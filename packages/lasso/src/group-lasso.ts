import type { Optimizer } from '@tensorflow/tfjs-core';
import type { GroupSet } from '@secateur/groups';
import { GroupLassoOptimizer } from './group-lasso-optimizer.ts';
import type { GroupLassoOptions } from './options.ts';

/**
 * Wraps an optimizer so that it also drives groups of weights to zero. The result is a TensorFlow.js optimizer, for
 * `optimizer.minimize`, `model.compile` and `computeGradients` with `applyGradients` alike. With `lambda` 0, no
 * `clipNorm` and no `weightDecay` its steps are those of `optimizer`, bit for bit.
 *
 * @see Wen et al., ICLR 2018: `w_g <- w_g - eta * (dE/dw_g + lambda * w_g / ||w_g||)`
 */
export function groupLasso(
  optimizer: Optimizer,
  groups: readonly GroupSet[],
  options: GroupLassoOptions,
): GroupLassoOptimizer {
  return new GroupLassoOptimizer(optimizer, groups, options);
}
