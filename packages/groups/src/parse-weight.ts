import { GroupError } from './error.ts';
import { suggestion } from './names.ts';
import { parseAxis, type Sizes } from './parse-axis.ts';
import type { Axis, Role, WeightLayout } from './types.ts';

/** Most characters of the notation of one weight, and most of its axes. */
const LONGEST = 65_536;
const MOST_AXES = 16;

const attributes = ['lookup', 'penalized', 'unpenalized', 'frozen'];
/** How attributes were spelt at first; files that have them are read. */
const former: Readonly<Record<string, string>> = {
  penalised: 'penalized',
  unpenalised: 'unpenalized',
};
const roles: Readonly<Record<string, readonly [Role, Role]>> = {
  '->': ['reads', 'writes'],
  '<-': ['writes', 'reads'],
  '<->': ['both', 'both'],
};

/**
 * Reads the notation of one weight, for instance `vocab -> embed [lookup]`. The text of the result is canonical:
 * single spaces, attributes only where they change something.
 */
export function parseWeight(text: string, sizes: Sizes, where: string): WeightLayout {
  if (text.length > LONGEST) {
    throw new GroupError(
      `${where}: expected at most ${LONGEST} characters of notation, found ${text.length}; repeat dimensions as in "4*h1"`,
    );
  }
  const bracket = text.indexOf('[');
  const body = bracket < 0 ? text : text.slice(0, bracket);
  const found = bracket < 0 ? [] : parseAttributes(text.slice(bracket), where);

  const arrows = body.match(/<->|<-|->/g) ?? [];
  if (arrows.length !== 1) {
    throw new GroupError(
      `${where}: expected one arrow ("->", "<-" or "<->"), found ${arrows.length === 0 ? 'none' : arrows.length} in "${body.trim()}"; write for instance "embed -> 4*h1"`,
    );
  }
  const arrow = arrows[0]!;
  const at = body.indexOf(arrow);
  const [left, right] = roles[arrow]!;
  const commas = body.split(',').length - 1;
  if (commas > MOST_AXES - 2) {
    throw new GroupError(
      `${where}: expected at most ${MOST_AXES} axes, found ${commas + 2} or more in "${body.trim()}"; take axes together`,
    );
  }
  const before = parseSide(body.slice(0, at), left, sizes, where);
  const after = parseSide(body.slice(at + arrow.length), right, sizes, where);
  const axes = [...before, ...after];

  const usual = axes.length >= 2;
  const lookup = found.includes('lookup');
  const frozen = found.includes('frozen');
  const penalized =
    !frozen && (found.includes('penalized') || (usual && !found.includes('unpenalized')));
  const written = lookup ? ['lookup'] : [];
  if (frozen) written.push('frozen');
  else if (penalized !== usual) written.push(penalized ? 'penalized' : 'unpenalized');
  const side = (part: readonly Axis[]): string => part.map((axis) => axis.text).join(', ');
  const tail = written.length > 0 ? `[${written.join(', ')}]` : '';
  const parts = [side(before), arrow, side(after), tail].filter((part) => part !== '');
  return { axes, lookup, penalized, frozen, text: parts.join(' ') };
}

function parseSide(text: string, role: Role, sizes: Sizes, where: string): Axis[] {
  if (text.trim() === '') return [];
  return text.split(',').map((axis) => parseAxis(axis, role, sizes, where));
}

function parseAttributes(text: string, where: string): string[] {
  const trimmed = text.trim();
  if (!/^(?:\[[^[\]]*\]\s*)+$/.test(trimmed)) {
    throw new GroupError(
      `${where}: expected attributes in brackets at the end of the line, found "${trimmed}"; write for instance "[lookup]"`,
    );
  }
  const found = trimmed
    .replace(/[[\]]/g, ',')
    .split(',')
    .map((name) => former[name.trim()] ?? name.trim())
    .filter((name) => name !== '');
  for (const name of found) {
    if (!attributes.includes(name)) {
      throw new GroupError(
        `${where}: expected one of the attributes ${attributes.join(', ')}, found "${name}"; ${suggestion(name, attributes)}`,
      );
    }
  }
  if (found.includes('penalized') && found.includes('unpenalized')) {
    throw new GroupError(`${where}: expected penalized or unpenalized, found both; keep one`);
  }
  if (found.includes('penalized') && found.includes('frozen')) {
    throw new GroupError(
      `${where}: expected penalized or frozen, found both; a weight that never changes cannot be penalized, so keep one`,
    );
  }
  return found;
}
