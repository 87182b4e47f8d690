import { shown } from '@secateur/input';
import { buildLayout, checkDimension } from './build-layout.ts';
import { isRecord, kindOf, requireLayout } from './check-layout.ts';
import { GroupError } from './error.ts';
import type { Layout, LayoutJson } from './types.ts';

/**
 * Reads the JSON form of a layout, `{ "dims": { "h1": 10 }, "weights": { "lstm1/recurrent": "h1 -> 4*h1" } }`, with
 * `fixed` beside `dims` where widths are fixed and with the checks of {@link parseLayout}.
 *
 * @throws {@link GroupError} naming the dimension or the weight that does not fit.
 */
export function layoutFromJson(json: unknown): Layout {
  return layoutFromParts(json, 'layoutFromJson');
}

/** The JSON form of a layout: sizes by dimension, and by fixed width if there are any, and notation by weight. */
export function layoutToJson(layout: Layout): LayoutJson {
  requireLayout(layout, 'layoutToJson');
  const weights: Record<string, string> = {};
  for (const [name, weight] of Object.entries(layout.weights)) weights[name] = weight.text;
  const dims = { ...layout.dims };
  return layout.fixed === undefined
    ? { dims, weights }
    : { dims, fixed: { ...layout.fixed }, weights };
}

/** The same as {@link layoutFromJson}, speaking as `caller`. */
export function layoutFromParts(json: unknown, caller: string): Layout {
  const { dims, fixed = {}, weights } = isRecord(json) ? json : {};
  if (!isRecord(dims) || !isRecord(fixed) || !isRecord(weights)) {
    const found = !isRecord(fixed)
      ? `${kindOf(fixed)} as "fixed"`
      : isRecord(json)
        ? `the keys ${shown(Object.keys(json))}`
        : kindOf(json);
    throw new GroupError(
      `${caller}: expected { "dims": { name: size }, "weights": { name: notation } }, found ${found}`,
    );
  }
  const declarations = Object.entries(weights).map(([name, text]) => {
    const where = `${caller}: weight ${shown(name)}`;
    if (typeof text !== 'string') {
      throw new GroupError(
        `${where}: expected notation such as "embed -> 4*h1", found ${kindOf(text)}`,
      );
    }
    return { name, text, where };
  });
  const sizes = { dims: sizesFrom(dims, caller), fixed: sizesFrom(fixed, caller) };
  return buildLayout(sizes, declarations, caller);
}

function sizesFrom(json: Record<string, unknown>, caller: string): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const [name, size] of Object.entries(json)) {
    checkDimension(name, size, caller);
    sizes[name] = size as number;
  }
  return sizes;
}
