import { GroupError } from './error.ts';
import { isDimensionName } from './names.ts';
import { parseWeight } from './parse-weight.ts';
import type { Layout, WeightLayout } from './types.ts';

/** A weight as it was declared, with the words that open a message about it. */
export interface Declaration {
  readonly name: string;
  readonly text: string;
  readonly where: string;
}

/** Throws unless `name` and `size` can be a dimension. */
export function checkDimension(name: string, size: unknown, where: string): void {
  if (!isDimensionName(name)) {
    throw new GroupError(
      `${where}: expected a dimension's name (a letter or "_", then letters, digits and _ . / : @ $ -), found "${name}"; rename it`,
    );
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new GroupError(
      `${where}: expected a whole size of at least 0 for dimension "${name}", found ${String(size)}`,
    );
  }
}

/** The one place where layouts are made: parses every weight and refuses names that mean nothing. */
export function buildLayout(
  dims: Readonly<Record<string, number>>,
  declarations: readonly Declaration[],
  where: string,
): Layout {
  if (declarations.length === 0) {
    throw new GroupError(
      `${where}: expected at least one weight, found none; add a line like "lstm1/kernel  embed -> 4*h1"`,
    );
  }
  const weights: Record<string, WeightLayout> = {};
  const used = new Set<string | undefined>();
  for (const { name, text, where: place } of declarations) {
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
    const weight = parseWeight(text, dims, place);
    weights[name] = weight;
    for (const axis of weight.axes) for (const { dim } of axis.segments) used.add(dim);
  }
  const idle = Object.keys(dims).find((dim) => !used.has(dim));
  if (idle !== undefined) {
    throw new GroupError(
      `${where}: expected every dimension in some weight, found "${idle}" in none; use it or remove its declaration`,
    );
  }
  return { dims: { ...dims }, weights };
}
