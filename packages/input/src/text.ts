import { typeName } from './value.ts';

/** Most characters of one quotation in a message. */
const LONGEST_QUOTATION = 300;
/** Most characters of a whole message: a few quotations and the words around them. */
const LONGEST_MESSAGE = 1500;

/**
 * What a terminal obeys or a reader does not see: control characters, marks that turn the direction of writing, spaces
 * without a width, separators of lines and paragraphs, and halves of characters.
 */
const UNSAFE = String.raw`\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\p{Cs}`;
const unsafe = new RegExp(`[${UNSAFE}]`, 'gu');
const unsafeButLines = new RegExp(`(?![\\n\\t])[${UNSAFE}]`, 'gu');

const names: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escaped = (character: string): string =>
  names[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * The text of an error message, whatever it quotes of a file: each quotation is cut at 300 characters and the whole at
 * 1500, in the middle, so that what to do stays at the end. Control characters are escaped.
 *
 * @example
 * ```ts
 * import { messageText } from '@secateur/input';
 *
 * messageText('expected a word, found "\u001b[2J"'); // => expected a word, found "\u001b[2J"
 * ```
 */
export function messageText(message: string): string {
  const quotations = cut(message, 100_000)
    .split('"')
    .map((part, i) => (i % 2 === 1 ? cut(part, LONGEST_QUOTATION) : part));
  return cut(quotations.join('"'), LONGEST_MESSAGE).replace(unsafe, escaped);
}

/**
 * What a message says of a value: its JSON, or `nothing`; cut at `most` characters, 300 if left out. NaN, infinities and bigints are
 * said as JavaScript writes them, functions and what else JSON lacks by their type.
 *
 * @example
 * ```ts
 * import { shown } from '@secateur/input';
 *
 * shown('two\nlines'); // => "two\nlines"
 * shown([1, 2, 3, 4], 6); // => [1,2...]
 * shown(undefined); // => nothing
 * shown(NaN); // => NaN
 * ```
 */
export function shown(value: unknown, most: number = LONGEST_QUOTATION): string {
  // A long text or list is cut before it is written out.
  const short =
    typeof value === 'string'
      ? cut(value, most)
      : Array.isArray(value) && value.length > most
        ? value.slice(0, most)
        : value;
  return cut(jsonOf(short), most + 2).replace(unsafe, escaped);
}

function jsonOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return written(value);
  try {
    const text = JSON.stringify(value, (_, inside: unknown) =>
      typeof inside === 'bigint' || (typeof inside === 'number' && !Number.isFinite(inside))
        ? written(inside)
        : inside,
    ) as string | undefined;
    return text ?? typeName(value);
  } catch {
    // It holds itself, or says that it has no JSON.
    return typeName(value);
  }
}

/**
 * What a message says of a value that is none of those expected, such as no number: as JavaScript writes it, a text as
 * {@link shown} does, so that `'1'` is not taken for 1.
 *
 * @example
 * ```ts
 * import { foundText } from '@secateur/input';
 *
 * foundText(1); // => 1
 * foundText('1'); // => "1"
 * ```
 */
export function foundText(value: unknown): string {
  return typeof value === 'string' ? shown(value) : String(value);
}

const written = (value: number | bigint): string =>
  typeof value === 'bigint' ? `${value}n` : String(value);

/**
 * The first of some names for a message, and how many more there are, so that nobody takes them for all; `none` where there is none.
 *
 * @param most - How many are said at the most, 4 if left out.
 *
 * @example
 * ```ts
 * import { namesText } from '@secateur/input';
 *
 * namesText(['h1', 'h2']); // => h1, h2
 * namesText(['a', 'b', 'c', 'd', 'e'], 3); // => a, b, c and 2 more
 * namesText([]); // => none
 * ```
 */
export function namesText(names: readonly (string | number)[], most = 4): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join(', ') || 'none'}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/**
 * A message as a sentence that another can follow: with a full stop, where it ends with no mark of its own.
 *
 * @example
 * ```ts
 * import { sentence } from '@secateur/input';
 *
 * sentence('expected a file, found a folder'); // => expected a file, found a folder.
 * sentence('is it the right file?'); // => is it the right file?
 * ```
 */
export function sentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`;
}

/**
 * Text for a terminal, where control characters would be orders: they are escaped, line ends and tabs stay.
 *
 * @example
 * ```ts
 * import { terminalText } from '@secateur/input';
 *
 * // This name of a layer would clear the screen.
 * terminalText('lstm\u001b[2J'); // => lstm\u001b[2J
 * terminalText('one\ntwo').length; // => 7
 * ```
 */
export function terminalText(text: string): string {
  return text.replace(unsafeButLines, escaped);
}

const htmlNames: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;' },
  ...{ '"': '&quot;', "'": '&#39;' },
};

/**
 * Text for HTML, as content or as the value of an attribute, where some characters would begin tags: they are escaped.
 *
 * @example
 * ```ts
 * import { htmlText } from '@secateur/input';
 *
 * htmlText('<b title="1">'); // => &lt;b title=&quot;1&quot;&gt;
 * ```
 */
export function htmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => htmlNames[character]!);
}

/** The beginning and the end of a text that is longer than `most` characters, with `...` between. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 3) / 3);
  return `${text.slice(0, most - 3 - end)}...${text.slice(text.length - end)}`;
}
