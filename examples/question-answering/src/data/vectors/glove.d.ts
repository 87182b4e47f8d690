import { type WordVectors } from './collect.ts';
/**
 * Reads the vectors of `wanted` words, or of all, from a text file of GloVe (Pennington et al. 2014), also gzipped: a word
 * and its numbers on each line, parted by spaces. The first line fixes the dimension. Of a word that is there twice, the
 * first counts.
 *
 * @throws Error with the line when one has another number of numbers or something else in their place.
 */
export declare function readGlove(file: string, wanted?: ReadonlySet<string>): Promise<WordVectors>;
