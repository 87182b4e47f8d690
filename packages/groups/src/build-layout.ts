import { shown } from '@secateur/input';
import { isRecord, kindOf } from './check-layout.ts';
import { GroupError } from './error.ts';
import { evaluateWeight, type Sizes } from './evaluate.ts';
import { isDimensionName } from './names.ts';
import { mentionedNames } from './notation/expression.ts';
import type { Layout, WeightExpression, WeightLayout } from './types.ts';

/**
 * Most segments of all weights together. A line of notation stands for up to 65,536 of them in each axis, so that without
 * this a small file would fill the memory.
 */
const MOST_SEGMENTS = 1_000_000;

/** A weight as it was declared, with the words that open a message about it. */
export interface Declaration {
  readonly name: string;
  readonly expression: WeightExpression;
  readonly where: string;
}

/** Throws unless `name` and `size` can be a dimension or a fixed width. */
export function checkDimension(name: string, size: unknown, where: string): void {
  if (!isDimensionName(name)) {
    throw new GroupError(
      `${where}: expected a dimension's name (a letter or "_", then letters, digits and _ . / : @ $ -), found "${name}"; rename it`,
    );
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new GroupError(
      `${where}: expected a whole size of at least 0 for "${name}", found ${String(size)}`,
    );
  }
}

/** The one place where layouts are made: evaluates every weight and refuses names that mean nothing. */
export function buildLayout(
  given: Readonly<Record<keyof Sizes, Readonly<Record<string, unknown>>>>,
  declarations: readonly Declaration[],
  where: string,
): Layout {
  const sizes = { dims: checkedSizes(given.dims, where), fixed: checkedSizes(given.fixed, where) };
  if (declarations.length === 0) {
    throw new GroupError(
      `${where}: expected at least one weight, found none; add a line like "lstm1/kernel  embed -> 4*h1"`,
    );
  }
  const { dims, fixed } = sizes;
  const twice = Object.keys(fixed).find((name) => Object.hasOwn(dims, name));
  if (twice !== undefined) {
    throw new GroupError(
      `${where}: expected "${twice}" as a dimension or as a fixed width, found both; remove one`,
    );
  }
  const weights: Record<string, WeightLayout> = {};
  let segments = 0;
  for (const { name, expression, where: place } of declarations) {
    if (name === '' || name === '__proto__') {
      throw new GroupError(
        `${place}: expected a weight's name, found "${name}"; rename the weight`,
      );
    }
    if (Object.hasOwn(weights, name)) {
      throw new GroupError(
        `${place}: expected each weight once, found "${name}" again; remove one`,
      );
    }
    const weight = evaluateWeight(expression, sizes, place);
    weights[name] = weight;
    segments += weight.axes.reduce((sum, axis) => sum + axis.segments.length, 0);
    if (segments > MOST_SEGMENTS) {
      throw new GroupError(
        `${place}: expected at most ${MOST_SEGMENTS} segments in all weights of a layout, found more; check the repetitions`,
      );
    }
  }
  const used = mentionedNames(Object.values(weights));
  const unused = [...Object.keys(dims), ...Object.keys(fixed)].find((name) => !used.has(name));
  if (unused !== undefined) {
    throw new GroupError(
      `${where}: expected every dimension and fixed width in some weight, found "${unused}" in none; use it or remove its declaration`,
    );
  }
  return layoutOf(dims, fixed, weights);
}

/** The same weights in other sizes, or with other names among the fixed widths. */
export function rebuildLayout(layout: Layout, sizes: Sizes, caller: string): Layout {
  return buildLayout(sizes, declarationsOf(layout.weights, caller), caller);
}

/** Weights by name as declarations that `caller` made. */
export function declarationsOf(
  weights: Readonly<Record<string, unknown>>,
  caller: string,
): Declaration[] {
  return Object.entries(weights).map(([name, expression]) => {
    const where = `${caller}: weight ${shown(name)}`;
    if (!isRecord(expression) || !Array.isArray(expression['before'])) {
      throw new GroupError(
        `${where}: expected a weight's expression, found ${kindOf(expression)}; make it with parseWeight or weightExpression`,
      );
    }
    return { name, expression: expression as unknown as WeightExpression, where };
  });
}

function checkedSizes(
  sizes: Readonly<Record<string, unknown>>,
  where: string,
): Record<string, number> {
  for (const [name, size] of Object.entries(sizes)) checkDimension(name, size, where);
  return { ...(sizes as Record<string, number>) };
}

/** A layout of its parts, which says nothing of fixed widths where there are none. */
export function layoutOf(
  dims: Layout['dims'],
  fixed: NonNullable<Layout['fixed']>,
  weights: Layout['weights'],
): Layout {
  return Object.keys(fixed).length === 0 ? { dims, weights } : { dims, fixed, weights };
}
