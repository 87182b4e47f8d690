import { requireLayout } from '../check-layout.ts';
import { quoteName, type SizesWord } from '../names.ts';
import type { AxisExpression, Layout, WeightExpression } from '../types.ts';
import { isMatrix } from './expression.ts';

/**
 * Writes an axis in the notation, for instance `4*(fwd + bwd) + 12`.
 *
 * @example
 * ```ts
 * import { formatAxis, parseWeight } from '@secateur/groups';
 *
 * const { before, after } = parseWeight('fwd + bwd -> 4*h1');
 * before.map(formatAxis); // => ['fwd + bwd']
 * after.map(formatAxis); // => ['4*h1']
 * ```
 */
export function formatAxis(axis: AxisExpression): string {
  if (axis.kind === 'dimension') return axis.name;
  if (axis.kind === 'fixed') return String(axis.size);
  if (axis.kind === 'sum') return axis.terms.map(formatAxis).join(' + ');
  const body = formatAxis(axis.body);
  return `${axis.times}*${axis.body.kind === 'sum' ? `(${body})` : body}`;
}

/**
 * Writes a weight in the notation, with attributes only where they change something: `vocab -> embed [lookup]`.
 *
 * @example
 * ```ts
 * import { formatWeight, parseWeight } from '@secateur/groups';
 *
 * // Matrices are penalized anyway, and biases are not.
 * formatWeight(parseWeight('vocab -> embed [lookup, penalized]')); // => vocab -> embed [lookup]
 * formatWeight(parseWeight('-> 4*h1 [penalized]')); // => -> 4*h1 [penalized]
 * ```
 */
export function formatWeight(weight: WeightExpression): string {
  const { before, arrow, after, lookup, penalized, frozen } = weight;
  const attributes = lookup ? ['lookup'] : [];
  if (frozen) attributes.push('frozen');
  else if (penalized !== isMatrix(weight)) attributes.push(penalized ? 'penalized' : 'unpenalized');
  const side = (axes: readonly AxisExpression[]): string => axes.map(formatAxis).join(', ');
  const tail = attributes.length > 0 ? `[${attributes.join(', ')}]` : '';
  return [side(before), arrow, side(after), tail].filter((part) => part !== '').join(' ');
}

/** Widest column of names: a name that is longer stands out, instead of pushing all others aside. */
const WIDEST = 64;

/**
 * Writes a layout in the notation; {@link parseLayout} of the result gives an equal layout.
 *
 * @example
 * ```ts
 * import { formatLayout, layoutFromJson } from '@secateur/groups';
 *
 * const layout = layoutFromJson({ dims: { h1: 10 }, weights: { 'lstm1/recurrent': 'h1 -> 4*h1' } });
 * formatLayout(layout).split('\n'); // => ['dims  h1 = 10', '', 'lstm1/recurrent  h1 -> 4*h1', '']
 * ```
 */
export function formatLayout(layout: Layout): string {
  requireLayout(layout, 'formatLayout');
  const lines = [...sizeLines('dims', layout.dims), ...sizeLines('fixed', layout.fixed ?? {})];
  if (lines.length > 0) lines.push('');
  const names = Object.keys(layout.weights).map(quoteName);
  const width = names.reduce((most, { length }) => Math.max(most, Math.min(length, WIDEST)), 0);
  Object.values(layout.weights).forEach((weight, i) => {
    lines.push(`${names[i]!.padEnd(width)}  ${formatWeight(weight)}`);
  });
  return `${lines.join('\n')}\n`;
}

function sizeLines(word: SizesWord, sizes: Readonly<Record<string, number>>): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [name, size] of Object.entries(sizes)) {
    const next = `  ${name} = ${size}`;
    if (line !== '' && line.length + next.length > 96) {
      lines.push(`${word}${line}`);
      line = '';
    }
    line += next;
  }
  if (line !== '') lines.push(`${word}${line}`);
  return lines;
}
