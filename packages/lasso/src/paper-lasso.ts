import { checkOptions } from '@secateur/input';
import { argumentError } from './error.ts';
import { checkNumber } from './check-number.ts';

/** Options of {@link paperLasso}. */
export interface PaperLassoOptions {
  /**
   * By how much the loss is smaller than the paper's, which sums over the 35 unrolled words and averages over the
   * batch: 1 (default) for that same sum, 35 for a loss averaged over words as well.
   */
  readonly lossDividedBy?: number;
}

/** The settings of the paper, for {@link groupLasso}. */
export interface PaperLasso {
  readonly lambda: number;
  readonly threshold: number;
  readonly clipNorm: number;
}

/**
 * Returns the settings of the paper's stacked LSTM on Penn Treebank: lambda 0.00245, threshold 1e-4 on all trained
 * variables, clip 10. With a loss divided by 35, lambda and the clip are divided by 35 too, and the learning rate of
 * plain gradient descent (1.0) must be multiplied by 35 for the same steps.
 *
 * @example
 * ```ts
 * import { paperLasso } from '@secateur/lasso';
 *
 * paperLasso(); // => { lambda: 0.00245, threshold: 0.0001, clipNorm: 10 }
 * // For a loss that averages over the 35 words too.
 * const { lambda, threshold, clipNorm } = paperLasso({ lossDividedBy: 35 });
 * [lambda.toFixed(5), threshold, clipNorm.toFixed(3)]; // => ['0.00007', 0.0001, '0.286']
 * ```
 */
export function paperLasso(options: PaperLassoOptions = {}): PaperLasso {
  checkOptions('paperLasso', options, { lossDividedBy: true }, argumentError);
  const { lossDividedBy = 1 } = options;
  const advice = 'it is 35 for a loss averaged over 35 words';
  checkNumber('paperLasso', 'lossDividedBy', lossDividedBy, { above: 0 }, advice);
  return { lambda: 0.00245 / lossDividedBy, threshold: 1e-4, clipNorm: 10 / lossDividedBy };
}
