/** The token that ends a sentence or a line, as in the Penn Treebank files. */
export const END = '<eos>';

/** The token that stands for every word outside the vocabulary. */
export const UNKNOWN = '<unk>';

/**
 * Splits running prose into lower-case words in the manner of Mikolov's Penn Treebank: no punctuation, every number
 * is `N`, a sentence ends with {@link END}. Stage directions such as "(Applause.)" are dropped.
 */
export function tokenizeProse(text: string): string[] {
  const tokens: string[] = [];
  const plain = text
    .replace(/[‘’]/g, "'")
    .replace(/\((applause|laughter|cheers)[^)]*\)/gi, ' ')
    .replace(/\b(mr|mrs|ms|dr|st)\./gi, '$1')
    .replace(/\b([A-Z])\.(?=[A-Z ])/g, '$1')
    .toLowerCase();
  for (const sentence of plain.split(/[.?!]+(?=\s|$|["”)])/)) {
    const words = sentence.match(/\$?\d[\d,.]*\w*|[a-z]+(?:'[a-z]+)*/g) ?? [];
    if (words.length === 0) continue;
    for (const word of words) tokens.push(/\d/.test(word) ? 'N' : word);
    tokens.push(END);
  }
  return tokens;
}

/**
 * Splits a file that is already tokenised: words are parted by white space, every line ends with {@link END}, a blank one too.
 *
 * A blank line is a sentence of no words, as in the reader of the paper's code and in the published sizes of WikiText,
 * so that perplexities are over the same number of words. Line ends may be `\n` or `\r\n`; the last line needs none.
 */
export function tokenizeLines(text: string): string[] {
  const tokens: string[] = [];
  const lines = text.split('\n');
  // What follows the last line end is a line only if there is something.
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    // One by one: a whole book can be a single line, and a call takes only so many arguments.
    for (const word of line.split(/\s+/)) if (word !== '') tokens.push(word);
    tokens.push(END);
  }
  return tokens;
}
