import { shown } from '@secateur/input';
import { buildLayout, checkDimension, type Declaration } from '../build-layout.ts';
import { notationError } from '../error.ts';
import { bareNameOf, sizesWordOf, type SizesWord } from '../names.ts';
import type { Layout } from '../types.ts';
import { parseWeight } from './parse-weight.ts';

/**
 * Reads a layout in the notation: lines `dims a = 1  b = 2`, lines `fixed c = 3` for widths that are never pruned, and
 * one line for each weight, `name  axes -> axes [attributes]`; `#` starts a comment. An axis is a sum of dimensions, fixed widths and repetitions.
 *
 * @example
 * ```ts
 * import { parseLayout } from '@secateur/groups';
 *
 * const layout = parseLayout(`
 *   dims  embed = 20  h1 = 10
 *   lstm1/kernel     embed -> 4*h1
 *   lstm1/recurrent  h1 -> 4*h1
 *   lstm1/bias       -> 4*h1
 * `);
 * layout.dims; // => { embed: 20, h1: 10 }
 * ```
 * @throws {@link GroupError} naming the line, for anything that cannot be read, an undeclared dimension, a dimension
 * that no weight uses, and a name declared twice.
 */
export function parseLayout(text: string): Layout {
  if (typeof text !== 'string') {
    throw notationError(
      `parseLayout: expected the notation as text, found ${typeof text}; use layoutFromJson for the JSON form`,
    );
  }
  const sizes = { dims: {}, fixed: {} } satisfies Record<SizesWord, Record<string, number>>;
  const declarations: Declaration[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const where = `parseLayout: line ${index + 1}`;
    const trimmed = line.trim();
    if (trimmed.startsWith('"')) {
      declarations.push(parseQuoted(trimmed, where));
      return;
    }
    const code = trimmed.replace(/#.*/, '').trim();
    if (code === '') return;
    const word = sizesWordOf(code);
    if (word !== undefined) parseSizes(word, code.slice(word.length), sizes[word], where);
    else declarations.push(parseBare(code, where));
  });
  return buildLayout(sizes, declarations, 'parseLayout');
}

function parseSizes(
  word: SizesWord,
  text: string,
  sizes: Record<string, number>,
  where: string,
): void {
  const pair = /\s*([^\s=]+)\s*=\s*([^\s=]+)(?=\s|$)/y;
  while (text.slice(pair.lastIndex).trim() !== '') {
    const rest = text.slice(pair.lastIndex).trim();
    const match = pair.exec(text);
    const size = match?.[2] ?? '';
    if (match === null || !/^\d+$/.test(size)) {
      throw notationError(
        `${where}: expected "name = size" pairs with whole sizes, found "${rest}"; write for instance "${word} embed = 20  h1 = 10"`,
      );
    }
    const name = match[1]!;
    checkDimension(name, Number(size), where);
    if (Object.hasOwn(sizes, name)) {
      throw notationError(
        `${where}: expected each dimension once, found "${name}" again; remove one`,
      );
    }
    sizes[name] = Number(size);
  }
}

function parseBare(code: string, where: string): Declaration {
  const name = bareNameOf(code);
  if (name === undefined) {
    throw notationError(
      `${where}: expected a weight's name, found "${code}"; write for instance "lstm1/kernel  embed -> 4*h1", with quotes around a name that has spaces`,
    );
  }
  return declare(name, code.slice(name.length), `${where}, weight "${name}"`);
}

function parseQuoted(line: string, where: string): Declaration {
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(line)?.[0];
  let name: unknown;
  try {
    name = JSON.parse(quoted ?? '');
  } catch (cause) {
    throw notationError(
      `${where}: expected a weight's name in quotes as JSON writes it, found ${shown(line)}; close the quotes`,
      { cause },
    );
  }
  const text = line.slice(quoted!.length).replace(/#.*/, '');
  return declare(name as string, text, `${where}, weight ${quoted!}`);
}

function declare(name: string, text: string, where: string): Declaration {
  return [name, parseWeight(text, where), where];
}
