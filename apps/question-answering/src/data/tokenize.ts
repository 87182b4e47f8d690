/** A token and where it stands: `text.slice(start, end)` of the text that was split. */
export interface Token {
  readonly text: string;
  /** Its first UTF-16 unit. */
  readonly start: number;
  /** The unit after its last. */
  readonly end: number;
}

// Combining marks, skin tones, and the joiners that scripts and emoji sequences need: no token begins with what follows one.
const MARKS = '\\p{M}\\p{Emoji_Modifier}\\u200c\\u200d';
// White space, and what is as invisible but no white space to JavaScript: NEL, zero-width space, word joiner.
const SPACE = '\\s\\u0085\\u200b\\u2060';
const WORD = `[\\p{L}\\p{N}][\\p{L}\\p{N}${MARKS}]*`;

/**
 * An abbreviation such as `U.S.`, a word or number (one with `.`, `,` or `:` between digits stays whole), or any single
 * other character with the marks on it.
 */
const TOKEN = new RegExp(
  [
    `(?<![\\p{L}\\p{N}])(?:\\p{L}[${MARKS}]*\\.[${MARKS}]*){2,}`,
    `${WORD}(?:(?<=\\p{N})[.,:](?=\\p{N})${WORD})*`,
    `[^${SPACE}](?:\\u200d[^${SPACE}\\p{L}\\p{N}]|[${MARKS}])*`,
  ].join('|'),
  'gu',
);

/** Most characters of a context or question: with millions of marks on one letter the expression would overflow its stack. */
const LONGEST = 1_000_000;

/**
 * Splits a text into tokens that keep their offsets. Words and numbers are whole; all punctuation stands alone, also
 * hyphens, dashes, brackets, quotes, apostrophes and signs of currency, as the preprocessing of BiDAF parts them, so that
 * answers begin and end between tokens. Every character that is not white space is in exactly one token, and no character,
 * mark or joined emoji is cut.
 *
 * @throws Error for a text of more than 1,000,000 characters.
 */
export function tokenize(text: string): Token[] {
  if (text.length > LONGEST) {
    throw new Error(
      `tokenize: expected a text of at most ${LONGEST} characters, found ${text.length}; give a part of it.`,
    );
  }
  return Array.from(text.matchAll(TOKEN), ({ 0: token, index }) => ({
    text: token,
    start: index,
    end: index + token.length,
  }));
}
