import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { extractExamples } from '@secateur/testing';
import { entryPoints, packages } from '../consumer/pack.ts';
import { bundle, type Bundle } from './bundle.ts';
import { root } from '../root.ts';

/** The README, whose first example is measured. */
const README: string = join(root, 'README.md');

/** The page that shows the sizes. */
export const SIZES: string = join(root, 'docs/reference/sizes.md');

/** The name of the example's size. */
export const PAGE = 'the example of the README, on WASM';

/**
 * Bundles what users load, by name: every entry point of every published package with what it needs from npm, other
 * packages of ours left out; and the first example of the README with all of ours that it needs.
 */
export async function measure(): Promise<Map<string, Bundle>> {
  const bundles = new Map<string, Bundle>();
  for (const { directory, manifest } of packages) {
    const others = packages.map((each) => each.manifest.name).filter((it) => it !== manifest.name);
    const peers = Object.keys(manifest.peerDependencies ?? {});
    for (const [subpath, { default: built }] of entryPoints(manifest)) {
      const name = posix.join(manifest.name, subpath);
      if (built === undefined || !existsSync(join(directory, built))) {
        throw new Error(`${name}: expected a built module, found none; run \`npm run build\`.`);
      }
      bundles.set(name, await bundle(`export * from '${name}';`, [...others, ...peers]));
    }
  }
  const [example] = extractExamples(readFileSync(README, 'utf8'));
  bundles.set(PAGE, await bundle(`import '@secateur/backend-wasm';\n${example!.code}`, []));
  return bundles;
}
