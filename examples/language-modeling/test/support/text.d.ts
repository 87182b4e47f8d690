/** A new folder with a small text in three parts: a grammar that a tiny model learns in a few hundred steps. */
export declare function smallText(): string;
/**
 * Settings of a model small enough for tests, as options of the command line. Strong enough that components die during
 * training with every seed and every order of rounding that was tried, and weak enough that the grammar is learned.
 */
export declare const tiny: string[];
/** The same for a Recurrent Highway Network, with all of its dropout on. */
export declare const tinyRhn: string[];
