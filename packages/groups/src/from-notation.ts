import { shown } from '@secateur/input';
import { isRecord, kindOf } from './check-layout.ts';
import { GroupError } from './error.ts';
import { layoutFromParts } from './layout-json.ts';
import { isDimensionName, mentionedNames } from './names.ts';
import type { Layout } from './types.ts';

/** Throws unless `units` is the name of one dimension: `4*` in front of a sum would repeat its first term only. */
export function checkUnits(caller: string, units: unknown): void {
  if (typeof units !== 'string' || !isDimensionName(units)) {
    throw new GroupError(
      `${caller}: expected the name of one dimension as units, found ${shown(units)}`,
    );
  }
}

/** A layout from notation, with only those of `dims` that the notation mentions. */
export function cellLayout(
  caller: string,
  dims: Readonly<Record<string, number>>,
  weights: Readonly<Record<string, string>>,
): Layout {
  if (!isRecord(dims)) {
    throw new GroupError(`${caller}: expected sizes by dimension as dims, found ${kindOf(dims)}`);
  }
  const mentioned = new Set(Object.values(weights).flatMap(mentionedNames));
  const used = Object.fromEntries(Object.entries(dims).filter(([name]) => mentioned.has(name)));
  return layoutFromParts({ dims: used, weights }, caller);
}
