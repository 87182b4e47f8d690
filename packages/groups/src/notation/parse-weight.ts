import { kindOf } from '../check-layout.ts';
import { notationError } from '../error.ts';
import { suggestion } from '../names.ts';
import type { Arrow, AxisExpression, WeightExpression } from '../types.ts';
import { weightExpression } from './expression.ts';
import { parseAxis } from './parse-axis.ts';

/** Most characters of the notation of one weight. */
const LONGEST = 65_536;

const attributes = ['lookup', 'penalized', 'unpenalized', 'frozen'];
/** How attributes were spelt at first; files that have them are read. */
const former: Readonly<Record<string, string>> = {
  penalised: 'penalized',
  unpenalised: 'unpenalized',
};

/**
 * Reads the notation of one weight, for instance `vocab -> embed [lookup]`; `where` opens every error message.
 *
 * @throws {@link GroupError} for anything that cannot be read.
 *
 * @example
 * ```ts
 * import { parseWeight } from '@secateur/groups';
 *
 * const words = parseWeight('vocab -> embed [lookup, frozen]');
 * words.before; // => [{ kind: 'dimension', name: 'vocab' }]
 * [words.lookup, words.frozen, words.penalized]; // => [true, true, false]
 * ```
 */
export function parseWeight(text: string, where = 'parseWeight'): WeightExpression {
  if (typeof text !== 'string') {
    throw notationError(
      `${where}: expected notation such as "embed -> 4*h1", found ${kindOf(text)}`,
    );
  }
  if (text.length > LONGEST) {
    throw notationError(
      `${where}: expected at most ${LONGEST} characters of notation, found ${text.length}; repeat dimensions as in "4*h1"`,
    );
  }
  const bracket = text.indexOf('[');
  const body = bracket < 0 ? text : text.slice(0, bracket);
  const words = bracket < 0 ? [] : parseAttributes(text.slice(bracket), where);

  const arrows = body.match(/<->|<-|->/g) ?? [];
  if (arrows.length !== 1) {
    throw notationError(
      `${where}: expected one arrow ("->", "<-" or "<->"), found ${arrows.length === 0 ? 'none' : arrows.length} in "${body.trim()}"; write for instance "embed -> 4*h1"`,
    );
  }
  const arrow = arrows[0] as Arrow;
  const [before, after] = body.split(arrow) as [string, string];
  return weightExpression(parseSide(before, where), arrow, parseSide(after, where), {
    lookup: words.includes('lookup'),
    frozen: words.includes('frozen'),
    ...(words.includes('penalized') && { penalized: true }),
    ...(words.includes('unpenalized') && { penalized: false }),
  });
}

function parseSide(text: string, where: string): AxisExpression[] {
  return text.trim() === '' ? [] : text.split(',').map((axis) => parseAxis(axis, where));
}

function parseAttributes(text: string, where: string): string[] {
  const trimmed = text.trim();
  if (!/^(?:\[[^[\]]*\]\s*)+$/.test(trimmed)) {
    throw notationError(
      `${where}: expected attributes in brackets at the end of the line, found "${trimmed}"; write for instance "[lookup]"`,
    );
  }
  const words = trimmed
    .replace(/[[\]]/g, ',')
    .split(',')
    .map((name) => former[name.trim()] ?? name.trim())
    .filter((name) => name !== '');
  for (const name of words) {
    if (!attributes.includes(name)) {
      throw notationError(
        `${where}: expected one of the attributes ${attributes.join(', ')}, found "${name}"; ${suggestion(name, attributes)}`,
      );
    }
  }
  if (words.includes('penalized') && words.includes('unpenalized')) {
    throw notationError(`${where}: expected penalized or unpenalized, found both; keep one`);
  }
  if (words.includes('penalized') && words.includes('frozen')) {
    throw notationError(
      `${where}: expected penalized or frozen, found both; a weight that never changes cannot be penalized, so keep one`,
    );
  }
  return words;
}
