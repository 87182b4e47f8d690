import { shown } from '@secateur/input';
import { requireSizes } from './check-layout.ts';
import { layoutError } from './error.ts';
import { evaluateWeight, type Sizes } from './evaluate.ts';
import { isDimensionName } from './names.ts';
import { mentionedNames } from './notation/expression.ts';
import type { Layout, WeightExpression, WeightLayout } from './types.ts';

/**
 * Most segments of all weights together. A line of notation stands for up to 65,536 of them in each axis, so that without
 * this a small file would fill the memory.
 */
const MOST_SEGMENTS = 1_000_000;

/** A weight as it was declared; `where` opens a message about it, by default its name and the caller's do. */
export type Declaration = readonly [name: string, expression: WeightExpression, where?: string];

/** Throws unless `name` and `size` can be a dimension or a fixed width. */
export function checkDimension(name: string, size: unknown, where: string): void {
  if (!isDimensionName(name)) {
    throw layoutError(
      `${where}: expected a dimension's name (a letter or "_", then letters, digits and _ . / : @ $ -), found "${name}"; rename it`,
    );
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw layoutError(
      `${where}: expected a whole size of at least 0 for "${name}", found ${String(size)}`,
    );
  }
}

/** The one place where layouts are made: evaluates every weight and refuses names that mean nothing. */
export function buildLayout(
  { dims, fixed = {} }: Partial<Sizes> & Pick<Sizes, 'dims'>,
  declarations: readonly Declaration[],
  caller: string,
): Layout {
  for (const [name, size] of [...Object.entries(dims), ...Object.entries(fixed)]) {
    checkDimension(name, size, caller);
  }
  if (declarations.length === 0) {
    throw layoutError(
      `${caller}: expected at least one weight, found none; add a line like "lstm1/kernel  embed -> 4*h1"`,
    );
  }
  const twice = Object.keys(fixed).find((name) => Object.hasOwn(dims, name));
  if (twice !== undefined) {
    throw layoutError(
      `${caller}: expected "${twice}" as a dimension or as a fixed width, found both; remove one`,
    );
  }
  const weights: Record<string, WeightLayout> = {};
  let segments = 0;
  for (const [name, expression, where = `${caller}: weight ${shown(name)}`] of declarations) {
    if (name === '' || name === '__proto__') {
      throw layoutError(`${where}: expected a weight's name, found "${name}"; rename the weight`);
    }
    if (Object.hasOwn(weights, name)) {
      throw layoutError(`${where}: expected each weight once, found "${name}" again; remove one`);
    }
    const weight = evaluateWeight(expression, { dims, fixed }, where);
    weights[name] = weight;
    segments += weight.axes.reduce((sum, axis) => sum + axis.segments.length, 0);
    if (segments > MOST_SEGMENTS) {
      throw layoutError(
        `${where}: expected at most ${MOST_SEGMENTS} segments in all weights of a layout, found more; check the repetitions`,
      );
    }
  }
  const used = mentionedNames(Object.values(weights));
  const unused = [...Object.keys(dims), ...Object.keys(fixed)].find((name) => !used.has(name));
  if (unused !== undefined) {
    throw layoutError(
      `${caller}: expected every dimension and fixed width in some weight, found "${unused}" in none; use it or remove its declaration`,
    );
  }
  return layoutOf({ ...dims }, { ...fixed }, weights);
}

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
  const mentioned = mentionedNames(Object.values(weights));
  const used = Object.entries(dims).filter(([name]) => mentioned.has(name));
  return buildLayout({ dims: Object.fromEntries(used) }, Object.entries(weights), caller);
}

/** A layout of its parts, which says nothing of fixed widths where there are none. */
export function layoutOf(
  dims: Layout['dims'],
  fixed: NonNullable<Layout['fixed']>,
  weights: Layout['weights'],
): Layout {
  return Object.keys(fixed).length === 0 ? { dims, weights } : { dims, fixed, weights };
}
