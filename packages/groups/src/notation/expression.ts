import type { Arrow, AxisExpression, WeightExpression } from '../types.ts';

/**
 * An axis of one dimension, or of one fixed width that has a name: `h1`.
 *
 * @example
 * ```ts
 * import { dimensionAxis, formatWeight, weightExpression } from '@secateur/groups';
 *
 * const [embed, h1] = [dimensionAxis('embed'), dimensionAxis('h1')];
 * formatWeight(weightExpression([embed], '->', [h1])); // => embed -> h1
 * ```
 */
export function dimensionAxis(name: string): AxisExpression {
  return { kind: 'dimension', name };
}

/**
 * An axis of a width that has no name: `12`.
 *
 * @example
 * ```ts
 * import { dimensionAxis, fixedAxis, layoutOfWeights, layoutShapes, weightExpression } from '@secateur/groups';
 *
 * const kernel = weightExpression([fixedAxis(12)], '->', [dimensionAxis('h1')]);
 * layoutShapes(layoutOfWeights({ kernel }, { h1: 3 })); // => { kernel: [12, 3] }
 * ```
 */
export function fixedAxis(size: number): AxisExpression {
  return { kind: 'fixed', size };
}

/**
 * The same axis several times, one after the other: `4*h1`; once it is the axis itself.
 *
 * @example
 * ```ts
 * import { dimensionAxis, formatAxis, repeatAxis } from '@secateur/groups';
 *
 * const h1 = dimensionAxis('h1');
 * formatAxis(repeatAxis(4, h1)); // => 4*h1
 * formatAxis(repeatAxis(1, h1)); // => h1
 * ```
 */
export function repeatAxis(times: number, body: AxisExpression): AxisExpression {
  return times === 1 ? body : { kind: 'repeat', times, body };
}

/**
 * Axes one after the other in one: `fwd + bwd`.
 *
 * @example
 * ```ts
 * import { dimensionAxis, layoutOfWeights, sumAxes, weightExpression } from '@secateur/groups';
 *
 * const both = sumAxes([dimensionAxis('fwd'), dimensionAxis('bwd')]);
 * const kernel = weightExpression([both], '->', [dimensionAxis('h1')]);
 * const [axis] = layoutOfWeights({ kernel }, { fwd: 2, bwd: 3, h1: 4 }).weights['kernel']!.axes;
 * axis!.segments; // => [{ dim: 'fwd', start: 0, size: 2 }, { dim: 'bwd', start: 2, size: 3 }]
 * ```
 */
export function sumAxes(axes: readonly AxisExpression[]): AxisExpression {
  const terms = axes.flatMap((axis) => (axis.kind === 'sum' ? axis.terms : [axis]));
  return terms.length === 1 ? terms[0]! : { kind: 'sum', terms };
}

/**
 * A weight of these axes on both sides of an arrow. It is penalized by default when it has two axes or more, and never when it
 * is frozen.
 *
 * @example
 * ```ts
 * import { dimensionAxis, formatWeight, weightExpression } from '@secateur/groups';
 *
 * const [vocab, embed] = [dimensionAxis('vocab'), dimensionAxis('embed')];
 * const words = weightExpression([vocab], '->', [embed], { lookup: true });
 * formatWeight(words); // => vocab -> embed [lookup]
 * words.penalized; // => true
 * weightExpression([], '->', [embed]).penalized; // => false
 * ```
 */
export function weightExpression(
  before: readonly AxisExpression[],
  arrow: Arrow,
  after: readonly AxisExpression[],
  attributes: Partial<Pick<WeightExpression, 'lookup' | 'penalized' | 'frozen'>> = {},
): WeightExpression {
  const { lookup = false, frozen = false, penalized = isMatrix({ before, after }) } = attributes;
  return { before, arrow, after, lookup, penalized: penalized && !frozen, frozen };
}

/** Whether a weight has at least two axes, so that it is penalized unless its attributes say otherwise. */
export function isMatrix({ before, after }: Pick<WeightExpression, 'before' | 'after'>): boolean {
  return before.length + after.length >= 2;
}

/** The names of dimensions and fixed widths that weights mention. */
export function mentionedNames(weights: Iterable<WeightExpression>): Set<string> {
  const names = new Set<string>();
  const visit = (axis: AxisExpression): void => {
    if (axis.kind === 'dimension') names.add(axis.name);
    else if (axis.kind === 'repeat') visit(axis.body);
    else if (axis.kind === 'sum') axis.terms.forEach(visit);
  };
  for (const { before, after } of weights) [...before, ...after].forEach(visit);
  return names;
}
