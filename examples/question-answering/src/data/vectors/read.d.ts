import type { WordVectors } from './collect.ts';
import { type VectorPackage } from './package.ts';
/** Where vectors come from: a text file of GloVe, or an installed package; null for the other, or for both to train all words. */
export interface VectorSettings {
    readonly glove: string | null;
    readonly vectors: VectorPackage | null;
}
/** A file of vectors and what reads it. */
export interface VectorSource {
    /** What messages call it. */
    readonly name: string;
    readonly file: string;
    read(file: string, wanted: ReadonlySet<string>): Promise<WordVectors>;
}
/**
 * What the settings name, or `undefined` for none.
 *
 * @throws Error when a package is not installed.
 */
export declare function vectorSource({ glove, vectors }: VectorSettings): VectorSource | undefined;
/** How vectors are read. */
export interface ReadOptions {
    /** The folder that keeps them for the next time, or null for none. */
    readonly folder: string | null;
    readonly say: (line: string) => void;
}
/**
 * Reads the vectors of `wanted` words: from what an earlier reading of the same file for the same words left in `folder`, else from
 * the file. Where the folder cannot be written, it says so and goes on.
 *
 * @throws Error when the file is missing, damaged or of another form.
 */
export declare function readVectors({ name, file, read }: VectorSource, wanted: ReadonlySet<string>, { folder, say }: ReadOptions): Promise<WordVectors>;
