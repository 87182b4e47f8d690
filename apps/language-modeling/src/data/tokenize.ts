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
  // Each expression looks at a character a bounded number of times: a stage direction is short, a row of marks begins once.
  const plain = text
    .replace(/[‘’]/g, "'")
    .replace(/\((applause|laughter|cheers)[^)]{0,200}\)/gi, ' ')
    .replace(/\b(mr|mrs|ms|dr|st)\./gi, '$1')
    .replace(/\b([A-Z])\.(?=[A-Z ])/g, '$1')
    .toLowerCase();
  for (const sentence of plain.split(/(?<![.?!])[.?!]+(?=\s|$|["”)])/)) {
    const words = sentence.match(/\$?\d[\d,.]*\w*|[a-z]+(?:'[a-z]+)*/g) ?? [];
    if (words.length === 0) continue;
    for (const word of words) tokens.push(/\d/.test(word) ? 'N' : word);
    tokens.push(END);
  }
  return tokens;
}

/** Longest word, in characters: what is longer is no text that was split into words. */
const longestWord = 1 << 20;

/**
 * Splits a file that is already tokenized, as it arrives in pieces: words are parted by white space, every line ends with
 * {@link END}, a blank one too. The whole file may be a single line of any length.
 *
 * A blank line is a sentence of no words, as in the reader of the paper's code and in the published sizes of WikiText,
 * so that perplexities are over the same number of words. Line ends may be `\n` or `\r\n`; the last line needs none.
 *
 * @throws Error from `read` when a word has more than 1,048,576 characters.
 */
export function lineTokenizer(
  source: string,
  add: (token: string) => void,
): { read(piece: string): void; end(): void } {
  /** The beginning of a word that may go on in the next piece. */
  let begun = '';
  let lineIsOpen = false;
  const split = (text: string): void => {
    const lines = text.split('\n');
    lines.forEach((line, i) => {
      for (const word of line.split(/\s+/)) if (word !== '') add(word);
      if (i < lines.length - 1) {
        add(END);
        lineIsOpen = false;
      } else if (line !== '') {
        lineIsOpen = true;
      }
    });
  };
  return {
    read(piece) {
      const last = /\s\S*$/.exec(piece.slice(-longestWord));
      if (last === null) {
        begun += piece;
      } else {
        const at = piece.length - last[0].length + 1;
        split(begun + piece.slice(0, at));
        begun = piece.slice(at);
      }
      if (begun.length <= longestWord) return;
      throw new Error(
        `${source}: expected words parted by spaces, found ${begun.length} characters without one ("${begun.slice(0, 40)}..."); split the text into words.`,
      );
    },
    end() {
      split(begun);
      if (lineIsOpen) add(END);
    },
  };
}

/** As {@link lineTokenizer}, of a text that is there already. */
export function tokenizeLines(text: string): string[] {
  const tokens: string[] = [];
  const tokenizer = lineTokenizer('text', (token) => tokens.push(token));
  tokenizer.read(text);
  tokenizer.end();
  return tokens;
}
