import { basename, join, posix } from 'node:path';
import { entryPoints, packages } from '../consumer/pack.ts';
import { signatures, type Entry } from './signatures.ts';
import { root } from '../root.ts';

/** The folder of the files, from the root of the repository. */
export const FOLDER = 'docs/signatures';

/** The exported signatures of every published package that can be imported: file name to text. */
export function signatureFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const { directory, manifest } of packages) {
    const entries = entryPoints(manifest).map(([subpath, conditions]): Entry => {
      const source = conditions['@secateur/source'];
      if (source === undefined) {
        throw new Error(
          `${manifest.name}: expected the condition "@secateur/source" in "${subpath}" of its exports, found ${Object.keys(conditions).join(', ')}; add it.`,
        );
      }
      return { name: posix.join(manifest.name, subpath), file: join(directory, source) };
    });
    if (entries.length === 0) continue;
    files.set(
      `${basename(directory)}.txt`,
      `# What ${manifest.name} exports. Written by \`npm run api\`; a change needs a changeset.\n\n${signatures(entries)}`,
    );
  }
  return files;
}

/** The folder of the files on this machine. */
export const folder: string = join(root, FOLDER);
