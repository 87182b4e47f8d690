/** Most numbers of a vector; those of GloVe have 300. */
export declare const MOST_NUMBERS = 10000;
/** Vectors of words that are given and not trained. */
export interface WordVectors {
    /** Words in the order of the file. */
    readonly words: readonly string[];
    /** Numbers of a vector. */
    readonly dimension: number;
    /** The vectors one after the other, `[words, dimension]`. */
    readonly values: Float32Array;
    /** Words that the file has, asked for or not. */
    readonly inFile: number;
}
/** Gathers the vectors of `wanted` words, or of all, as a reader finds them in its file. */
export declare function collectVectors(wanted?: ReadonlySet<string>): {
    /** Whether the vector of a word has been added. */
    has: (word: string) => boolean;
    /** Whether the vector of a word is still to be added: it is wanted and has none. */
    wants: (word: string) => boolean;
    /**
     * Adds the vector of a word, its numbers as the file writes them, and returns it.
     *
     * @throws Error opening with `place` and closing with `advice` when one is no number or is beyond float32.
     */
    add(word: string, numbers: readonly string[], place: string, advice: string): Float32Array;
    /** All that was added. */
    collected(dimension: number, inFile: number): WordVectors;
};
