import { readLines } from '@secateur/app';
import { shown } from '@secateur/input';
import { collectVectors, MOST_NUMBERS, type WordVectors } from './collect.ts';

/**
 * Reads the vectors of `wanted` words, or of all, from a text file of GloVe (Pennington et al. 2014), also gzipped: a word
 * and its numbers on each line, parted by spaces. The first line fixes the dimension. Of a word that is there twice, the
 * first counts.
 *
 * @throws Error with the line when one has another number of numbers or something else in their place.
 */
export async function readGlove(file: string, wanted?: ReadonlySet<string>): Promise<WordVectors> {
  const vectors = collectVectors(wanted);
  let dimension = 0;
  let line = 0;
  for await (const text of readLines(file)) {
    line++;
    // Some files have words with spaces in them, so the numbers are counted from the end.
    const parts = text.trimEnd().split(' ');
    if (line === 1) dimension = parts.length - 1;
    const place = `${file}: line ${line}`;
    if (dimension > MOST_NUMBERS) {
      throw new Error(
        `${place}: expected at most ${MOST_NUMBERS} numbers of a vector, found ${dimension}; give a text file of GloVe.`,
      );
    }
    if (dimension < 1 || parts.length < dimension + 1) {
      const expected = dimension < 1 ? 'numbers' : `${dimension} numbers, as on line 1,`;
      throw new Error(
        `${place}: expected a word and ${expected} parted by spaces, found ${shown(text, 40)}; give a text file of GloVe, and check that it is whole.`,
      );
    }
    const word = parts.slice(0, -dimension).join(' ');
    if (!vectors.wants(word)) continue;
    vectors.add(word, parts.slice(-dimension), place, 'correct the line or take it out');
  }
  if (line === 0) {
    throw new Error(
      `${file}: expected a word and its numbers on each line, found an empty file; give a text file of GloVe.`,
    );
  }
  return vectors.collected(dimension, line);
}
