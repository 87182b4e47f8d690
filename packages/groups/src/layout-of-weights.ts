import { buildLayout, declarationsOf } from './build-layout.ts';
import { requireSizes } from './check-layout.ts';
import { mentionedNames } from './notation/expression.ts';
import type { Layout, WeightExpression } from './types.ts';

/**
 * The layout of weights by name, over those of the dimensions `dims` that they mention. `caller` opens every error message.
 *
 * @example
 * ```ts
 * import { dimensionAxis, layoutOfWeights, layoutShapes, repeatAxis, weightExpression } from '@secateur/groups';
 *
 * const h = dimensionAxis('h');
 * const recurrent = weightExpression([h], '->', [repeatAxis(4, h)]);
 * layoutShapes(layoutOfWeights({ recurrent }, { h: 3, other: 5 })); // => { recurrent: [3, 12] }
 * ```
 * @throws {@link GroupError} naming the weight, for a dimension without a size.
 */
export function layoutOfWeights(
  weights: Readonly<Record<string, WeightExpression>>,
  dims: Readonly<Record<string, number>>,
  caller = 'layoutOfWeights',
): Layout {
  requireSizes(dims, caller);
  const declarations = declarationsOf(weights, caller);
  const mentioned = mentionedNames(declarations.map(({ expression }) => expression));
  const used = Object.entries(dims).filter(([name]) => mentioned.has(name));
  return buildLayout({ dims: Object.fromEntries(used), fixed: {} }, declarations, caller);
}
