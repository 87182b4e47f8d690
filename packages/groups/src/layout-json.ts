import { buildLayout, checkDimension } from './build-layout.ts';
import { isRecord, kindOf, requireLayout } from './check-layout.ts';
import { GroupError } from './error.ts';
import type { Layout, LayoutJson } from './types.ts';

/**
 * Reads the JSON form of a layout, `{ "dims": { "h1": 10 }, "weights": { "lstm1/recurrent": "h1 -> 4*h1" } }`, with
 * the checks of {@link parseLayout}.
 *
 * @throws {@link GroupError} naming the dimension or the weight that does not fit.
 */
export function layoutFromJson(json: unknown): Layout {
  return layoutFromParts(json, 'layoutFromJson');
}

/** The JSON form of a layout: sizes by dimension and notation by weight. */
export function layoutToJson(layout: Layout): LayoutJson {
  requireLayout(layout, 'layoutToJson');
  const weights: Record<string, string> = {};
  for (const [name, weight] of Object.entries(layout.weights)) weights[name] = weight.text;
  return { dims: { ...layout.dims }, weights };
}

/** The same as {@link layoutFromJson}, speaking as `caller`. */
export function layoutFromParts(json: unknown, caller: string): Layout {
  const { dims, weights } = isRecord(json) ? json : {};
  if (!isRecord(dims) || !isRecord(weights)) {
    const found = isRecord(json) ? `the keys ${JSON.stringify(Object.keys(json))}` : kindOf(json);
    throw new GroupError(
      `${caller}: expected { "dims": { name: size }, "weights": { name: notation } }, found ${found}`,
    );
  }
  const sizes: Record<string, number> = {};
  for (const [name, size] of Object.entries(dims)) {
    checkDimension(name, size, caller);
    sizes[name] = size as number;
  }
  const declarations = Object.entries(weights).map(([name, text]) => {
    const where = `${caller}: weight ${JSON.stringify(name)}`;
    if (typeof text !== 'string') {
      throw new GroupError(
        `${where}: expected notation such as "embed -> 4*h1", found ${kindOf(text)}`,
      );
    }
    return { name, text, where };
  });
  return buildLayout(sizes, declarations, caller);
}
