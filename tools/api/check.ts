import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import parseChangeset from '@changesets/parse';
import type { Manifest } from '../consumer/pack.ts';

/** A published package whose signatures changed. */
interface ChangedPackage {
  readonly name: string;
  /** The file of its signatures. */
  readonly file: string;
  /** The new changesets that name the package. */
  readonly changesets: readonly string[];
}

/** What {@link checkSignatures} found. */
export interface Comparison {
  /** The commit that the working tree is compared with. */
  readonly base: string;
  readonly changed: readonly ChangedPackage[];
  /** The changesets that were added or changed since then. */
  readonly changesets: readonly string[];
}

/**
 * Compares the signatures and changesets of the working tree with those of the commit where its branch left `ref`: `origin/main`
 * unless it is given, `main` where there is no such remote.
 *
 * @throws Error when there is no such commit, or when a changeset is none.
 */
export function checkSignatures(root: string, ref?: string): Comparison {
  const git = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const refs = ref === undefined ? ['origin/main', 'main'] : [ref];
  const base = refs.map((name) => git('merge-base', name, 'HEAD')).find(Boolean);
  if (base === undefined) {
    throw new Error(
      `api:check: expected a commit that ${refs.join(' or ')} and this branch have in common, found none; fetch the whole history (fetch-depth: 0), or name another commit with --base.`,
    );
  }
  const changedIn = (folder: string): string[] =>
    [
      git('diff', '--name-only', '--no-renames', base, '--', folder),
      git('ls-files', '--others', '--exclude-standard', '--', folder),
    ].flatMap((files) => files!.split('\n').filter(Boolean));

  const named = changedIn('.changeset')
    .filter((path) => /\.md$/.test(path) && !/readme\.md$/i.test(path))
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, packages: packagesOf(readFileSync(join(root, path), 'utf8'), path) }));
  const changed = changedIn('docs/signatures').flatMap((file) => {
    const manifest = join(root, 'packages', posix.basename(file, '.txt'), 'package.json');
    // The package of a file that went need not be there any more, or is private now.
    if (!file.endsWith('.txt') || !existsSync(manifest)) return [];
    const { name, private: hidden } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
    if (hidden === true) return [];
    const naming = named.filter(({ packages }) => packages.includes(name));
    return [{ name, file, changesets: naming.map(({ path }) => path) }];
  });
  return { base, changed, changesets: named.map(({ path }) => path) };
}

/** The packages that a changeset gives a new version to. */
function packagesOf(text: string, path: string): string[] {
  try {
    const { releases } = parseChangeset(text);
    return releases.filter(({ type }) => type !== 'none').map(({ name }) => name);
  } catch (cause) {
    throw new Error(
      `api:check: expected ${path} to be a changeset, found another text (${(cause as Error).message.split('\n')[0]}); make it with \`npm run changeset\`.`,
      { cause },
    );
  }
}
