import type { Arrow, AxisExpression, WeightExpression } from '../types.ts';

/** An axis of one dimension, or of one fixed width that has a name: `h1`. */
export function dimensionAxis(name: string): AxisExpression {
  return { kind: 'dimension', name };
}

/** An axis of a width that has no name: `12`. */
export function fixedAxis(size: number): AxisExpression {
  return { kind: 'fixed', size };
}

/** The same axis several times, one after the other: `4*h1`; once it is the axis itself. */
export function repeatAxis(times: number, body: AxisExpression): AxisExpression {
  return times === 1 ? body : { kind: 'repeat', times, body };
}

/** Axes one after the other in one: `fwd + bwd`. */
export function sumAxes(axes: readonly AxisExpression[]): AxisExpression {
  const terms = axes.flatMap((axis) => (axis.kind === 'sum' ? axis.terms : [axis]));
  return terms.length === 1 ? terms[0]! : { kind: 'sum', terms };
}

/**
 * A weight of these axes on both sides of an arrow. It is penalized by default when it has two axes or more, and never when it
 * is frozen.
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
