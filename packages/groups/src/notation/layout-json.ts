import { isRecord, shown } from '@secateur/input';
import { buildLayout, type Declaration } from '../build-layout.ts';
import { kindOf, requireLayout } from '../check-layout.ts';
import { notationError } from '../error.ts';
import type { Layout, LayoutJson } from '../types.ts';
import type { Sizes } from '../evaluate.ts';
import { formatWeight } from './format.ts';
import { parseWeight } from './parse-weight.ts';

/**
 * Reads the JSON form of a layout, `{ "dims": { "h1": 10 }, "weights": { "lstm1/recurrent": "h1 -> 4*h1" } }`, with
 * `fixed` beside `dims` where widths are fixed and with the checks of {@link parseLayout}.
 *
 * @throws {@link GroupError} naming the dimension or the weight that does not fit.
 *
 * @example
 * ```ts
 * import { layoutFromJson, layoutShapes } from '@secateur/groups';
 *
 * const text = '{ "dims": { "h1": 3 }, "weights": { "lstm1/recurrent": "h1 -> 4*h1" } }';
 * layoutShapes(layoutFromJson(JSON.parse(text))); // => { 'lstm1/recurrent': [3, 12] }
 * ```
 */
export function layoutFromJson(json: unknown): Layout {
  const caller = 'layoutFromJson';
  const { dims, fixed = {}, weights } = isRecord(json) ? json : {};
  if (!isRecord(dims) || !isRecord(fixed) || !isRecord(weights)) {
    const actual = !isRecord(fixed)
      ? `${kindOf(fixed)} as "fixed"`
      : isRecord(json)
        ? `the keys ${shown(Object.keys(json))}`
        : kindOf(json);
    throw notationError(
      `${caller}: expected { "dims": { name: size }, "weights": { name: notation } }, found ${actual}`,
    );
  }
  const declarations = Object.entries(weights).map(([name, text]): Declaration => {
    const where = `${caller}: weight ${shown(name)}`;
    return [name, parseWeight(text as string, where), where];
  });
  return buildLayout({ dims, fixed } as Sizes, declarations, caller);
}

/**
 * The JSON form of a layout: sizes by dimension, and by fixed width if there are any, and notation by weight.
 *
 * @example
 * ```ts
 * import { layoutToJson, parseLayout } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims   h1 = 3
 *   fixed  input = 5
 *   kernel  input -> 4*h1
 * `);
 * layoutToJson(layout); // => { dims: { h1: 3 }, fixed: { input: 5 }, weights: { kernel: 'input -> 4*h1' } }
 * ```
 */
export function layoutToJson(layout: Layout): LayoutJson {
  requireLayout(layout, 'layoutToJson');
  const weights: Record<string, string> = {};
  for (const [name, weight] of Object.entries(layout.weights)) weights[name] = formatWeight(weight);
  const dims = { ...layout.dims };
  return layout.fixed === undefined
    ? { dims, weights }
    : { dims, fixed: { ...layout.fixed }, weights };
}
