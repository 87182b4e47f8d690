import { shown } from '@secateur/input';
import { isRecord, kindOf } from '../check-layout.ts';
import { GroupError } from '../error.ts';
import { layoutFromParts } from '../layout-json.ts';
import { mentionedNames, suggestion } from '../names.ts';
import type { Layout } from '../types.ts';
import type { DescribedLayer } from './layer-description.ts';

/**
 * The layout of a network: the weights of all its layers over the dimensions of these sizes. A weight that two layers have is one:
 * a table that one looks up (`vocab -> width [lookup]`) and another multiplies by (`vocab <- width`) is tied, `vocab <-> width`.
 *
 * @throws {@link GroupError} when a size is missing, no layer mentions the name of one, or two layers have different weights
 * of one name.
 *
 * @example
 * ```ts
 * import { layoutToJson, networkLayout } from '@secateur/groups';
 *
 * const table = { name: 'words', weights: { words: 'vocab -> width [lookup]' } };
 * const softmax = { name: 'softmax', weights: { words: 'vocab <- width', 'softmax/bias': '-> vocab' } };
 * layoutToJson(networkLayout([table, softmax], { vocab: 9, width: 4 })).weights;
 * // => { words: 'vocab <-> width', 'softmax/bias': '-> vocab' }
 * ```
 */
export function networkLayout(
  layers: readonly DescribedLayer[],
  dims: Readonly<Record<string, number>>,
): Layout {
  const caller = 'networkLayout';
  if (!isRecord(dims)) {
    throw new GroupError(`${caller}: expected sizes by dimension as dims, found ${kindOf(dims)}`);
  }
  const weights: Record<string, string> = {};
  for (const layer of layers) {
    for (const [name, text] of Object.entries(layer.weights))
      weights[name] = Object.hasOwn(weights, name) ? tied(name, weights[name]!, text) : text;
  }
  const mentioned = new Set(Object.values(weights).flatMap(mentionedNames));
  const unknown = Object.keys(dims).find((name) => !mentioned.has(name));
  if (unknown !== undefined) {
    throw new GroupError(
      `${caller}: expected sizes of dimensions that a layer names, found ${shown(unknown)}; ${suggestion(unknown, mentioned)}`,
    );
  }
  return layoutFromParts({ dims, weights }, caller);
}

/** What a weight is to two layers together. */
function tied(name: string, first: string, second: string): string {
  if (first === second) return first;
  const table = /^(\S+) -> (\S+) \[lookup\]$/.exec(first);
  if (table !== null && second === `${table[1]!} <- ${table[2]!}`)
    return `${table[1]!} <-> ${table[2]!}`;
  throw new GroupError(
    `networkLayout: expected one meaning of the weight ${shown(name)}, found "${first}" and "${second}"; rename one of the layers`,
  );
}
