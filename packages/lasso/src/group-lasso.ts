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
 *
 * @example
 * ```ts
 * import { dispose, losses, tensor2d, train, variable } from '@tensorflow/tfjs-core';
 * import { useBackend } from '@secateur/backend';
 * import { groupLasso } from '@secateur/lasso';
 *
 * await useBackend('cpu');
 *
 * const best = tensor2d([3, 4, 0.3, 0.3], [2, 2]); // where the loss alone wants the weight
 * const w = variable(best, true, 'w');
 * // Of a network, `issGroups` of `@secateur/groups` makes the groups.
 * const slices = [{ weight: 'w', axis: 0, start: 0, multiplier: 1 }];
 * const options = { lambda: 0.5, penalty: 'proximal' } as const;
 * const optimizer = groupLasso(train.sgd(1), [{ name: 'rows', count: 2, slices }], options);
 * optimizer.minimize(() => losses.meanSquaredError(best, w));
 * (await optimizer.metrics()).alive; // => { rows: 1 }
 * dispose([best, w]);
 * ```
 */
export function groupLasso(
  optimizer: Optimizer,
  groups: readonly GroupSet[],
  options: GroupLassoOptions,
): GroupLassoOptimizer {
  return new GroupLassoOptimizer(optimizer, groups, options);
}
