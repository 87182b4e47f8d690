import { isRecord, shown } from '@secateur/input';
import { layoutOfWeights } from '../build-layout.ts';
import { kindOf, requireSizes } from '../check-layout.ts';
import { layoutError } from '../error.ts';
import { suggestion } from '../names.ts';
import { mentionedNames } from '../notation/expression.ts';
import { formatWeight } from '../notation/format.ts';
import type { Layout, WeightExpression } from '../types.ts';
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
 * import { layoutToJson, networkLayout, parseWeight } from '@secateur/groups';
 *
 * const table = { name: 'words', weights: { words: parseWeight('vocab -> width [lookup]') } };
 * const bias = parseWeight('-> vocab');
 * const softmax = { name: 'softmax', weights: { words: parseWeight('vocab <- width'), 'softmax/bias': bias } };
 * layoutToJson(networkLayout([table, softmax], { vocab: 9, width: 4 })).weights;
 * // => { words: 'vocab <-> width', 'softmax/bias': '-> vocab' }
 * ```
 */
export function networkLayout(
  layers: readonly DescribedLayer[],
  dims: Readonly<Record<string, number>>,
): Layout {
  const caller = 'networkLayout';
  requireSizes(dims, caller);
  const weights: Record<string, WeightExpression> = {};
  for (const layer of layers) {
    for (const [name, expression] of Object.entries(layer.weights)) {
      if (!isRecord(expression)) {
        throw layoutError(
          `${caller}: expected a weight's expression as ${shown(name)}, found ${kindOf(expression)}; make it with parseWeight`,
        );
      }
      const first = Object.hasOwn(weights, name) ? weights[name] : undefined;
      weights[name] = first === undefined ? expression : tied(name, first, expression);
    }
  }
  const mentioned = mentionedNames(Object.values(weights));
  const unknown = Object.keys(dims).find((name) => !mentioned.has(name));
  if (unknown !== undefined) {
    throw layoutError(
      `${caller}: expected sizes of dimensions that a layer names, found ${shown(unknown)}; ${suggestion(unknown, mentioned)}`,
    );
  }
  return layoutOfWeights(weights, dims, caller);
}

/** What a weight is to two layers together. */
function tied(name: string, first: WeightExpression, second: WeightExpression): WeightExpression {
  const [one, other] = [first, second].map(formatWeight);
  if (one === other) return first;
  // Whatever the order of the layers: of one that is looked up, multiplied by or both, two different uses are both.
  const both = [first, second].map((weight) =>
    formatWeight({ ...weight, arrow: '<->', lookup: false }),
  );
  if (isTable(first) && isTable(second) && both[0] === both[1])
    return { ...first, arrow: '<->', lookup: false };
  throw layoutError(
    `networkLayout: expected one meaning of the weight ${shown(name)}, found "${one}" and "${other}"; rename one of the layers`,
  );
}

/** Whether a weight may be a tied table: looked up (`vocab -> width [lookup]`), multiplied by (`vocab <- width`), or both. */
const isTable = ({ arrow, lookup }: WeightExpression): boolean => (arrow === '->') === lookup;
