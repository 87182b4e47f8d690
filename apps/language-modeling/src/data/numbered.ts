/** A text as numbers of its words, in the order in which the words first come, with how often each comes. */
export interface NumberedText {
  readonly words: readonly string[];
  readonly counts: readonly number[];
  readonly ids: Int32Array;
}

/** Numbers the words of a text that arrives one by one. */
export interface WordNumberer {
  /** Takes the next word. */
  add(word: string): void;
  /** What the words so far give; call it once, at the end. */
  text(): NumberedText;
}

const chunk = 1 << 20;
/** No map of V8 holds more. */
const mostWords = 2 ** 24 - 1;

/**
 * Makes a numberer. It keeps four bytes a word of the text and each different word once, so that the text need not fit into
 * memory.
 *
 * @throws Error from `add` when the text has more different words than a map can hold.
 */
export function wordNumberer(source: string): WordNumberer {
  const numbers = new Map<string, number>();
  const words: string[] = [];
  const counts: number[] = [];
  const full: Int32Array[] = [];
  let last = new Int32Array(chunk);
  let used = 0;
  return {
    add(word) {
      let number = numbers.get(word);
      if (number === undefined) {
        if (words.length === mostWords) {
          throw new Error(
            `${source}: expected at most ${mostWords} different words, found more; split the text into words, or into smaller parts of them.`,
          );
        }
        number = words.length;
        // A copy: a piece of a string keeps all of the string in memory.
        const readBack = Buffer.from(word, 'utf16le').toString('utf16le');
        numbers.set(readBack, number);
        words.push(readBack);
        counts.push(0);
      }
      counts[number]!++;
      if (used === chunk) {
        full.push(last);
        last = new Int32Array(chunk);
        used = 0;
      }
      last[used++] = number;
    },
    text() {
      const ids = new Int32Array(full.length * chunk + used);
      ids.set(last.subarray(0, used), full.length * chunk);
      // From the end, so that each can be forgotten before the next is copied.
      while (full.length > 0) {
        const next = full.pop()!;
        ids.set(next, full.length * chunk);
      }
      return { words, counts, ids };
    },
  };
}

/** Numbers words that are there already. */
export function numberWords(words: readonly string[], source = 'words'): NumberedText {
  const numberer = wordNumberer(source);
  for (const word of words) numberer.add(word);
  return numberer.text();
}
