import { posix } from 'node:path';
import { changesetsSince } from './changesets.ts';
import { openHistory, type History } from './history.ts';

/** A state that signatures are compared with. */
export interface Base {
  readonly commit: string;
  /** What it is, in words. */
  readonly label: string;
}

/** A package whose signatures differ from those of a base. */
export interface ChangedPackage {
  readonly name: string;
  /** The file of its signatures. */
  readonly file: string;
  readonly base: Base;
  /** The changesets since then that name the package. */
  readonly changesets: readonly string[];
  /** The changesets since then that do not. */
  readonly others: readonly string[];
}

/** What {@link checkSignatures} found. */
export interface Comparison {
  readonly bases: readonly Base[];
  readonly changed: readonly ChangedPackage[];
}

const FOLDER = 'docs/signatures';

/**
 * Compares the signatures of the working tree with those of the commit where its branch left `ref`: `origin/main` unless
 * it is given, `main` where there is no such remote. On main itself that is the last commit, so that only what is not yet
 * committed can differ; the signatures are then also compared with the last release of each package.
 *
 * @throws Error when there is no repository, no such commit, or only the end of the history.
 */
export function checkSignatures(root: string, ref?: string): Comparison {
  const history = openHistory(root);
  const base = branchBase(history, ref);
  const changed = history
    .changed(FOLDER, base.commit)
    .flatMap((file) => changeOf(history, file, base));
  if (base.commit !== history.commit('HEAD')) return { bases: [base], changed };

  const bases = [base];
  for (const file of history.files(FOLDER)) {
    const release = lastRelease(history, file);
    if (release === undefined) continue;
    if (!bases.some(({ commit }) => commit === release.commit)) bases.push(release);
    if (history.changed(file, release.commit).length > 0) {
      changed.push(...changeOf(history, file, release));
    }
  }
  return { bases, changed };
}

function branchBase(history: History, given?: string): Base {
  const ref = given ?? ['origin/main', 'main'].find((name) => history.commit(name) !== undefined);
  if (ref === undefined) {
    throw new Error(
      'api:check: expected a branch origin/main or main to compare with, found neither; fetch it, or name another with --base.',
    );
  }
  const tip = history.commit(ref);
  if (tip === undefined) {
    throw new Error(
      `api:check: expected a commit to compare with, found none called "${ref}"; fetch it, or name another with --base.`,
    );
  }
  const commit = history.mergeBase(tip, 'HEAD');
  if (commit === undefined) {
    throw new Error(
      `api:check: expected a commit that "${ref}" and this branch have in common, found none; name another with --base.`,
    );
  }
  const here = commit === history.commit('HEAD');
  return { commit, label: here ? 'the last commit' : `where this branch left ${ref}` };
}

/**
 * The change of a file of signatures since a base, as one element, or none where nobody needs to be told: the package is
 * published no more, or it was published before its signatures were kept.
 */
function changeOf(history: History, file: string, base: Base): ChangedPackage[] {
  const before = published(history, file, base.commit);
  const now = published(history, file);
  if (now === undefined) return [];
  if (before !== undefined && history.read(file, base.commit) === undefined) return [];
  const released = now.version !== before?.version;
  // A changeset that is gone while the version is what it was has not been released: it was taken back.
  const counted = changesetsSince(history, base.commit).filter(({ gone }) => !gone || released);
  const names = (packages: readonly string[]): boolean => packages.includes(now.name);
  return [
    {
      ...{ name: now.name, file, base },
      changesets: counted.filter(({ packages }) => names(packages)).map(({ path }) => path),
      others: counted.filter(({ packages }) => !names(packages)).map(({ path }) => path),
    },
  ];
}

interface Published {
  readonly name: string;
  readonly version: string;
}

function manifestPath(file: string): string {
  return `packages/${posix.basename(file, '.txt')}/package.json`;
}

/** The package of a file of signatures, at a commit or in the working tree; undefined where none is published. */
function published(history: History, file: string, commit?: string): Published | undefined {
  const text = history.read(manifestPath(file), commit);
  if (text === undefined) return undefined;
  const manifest = JSON.parse(text) as Published & { readonly private?: boolean };
  return manifest.private === true ? undefined : manifest;
}

/** The last commit that gave the package of a file of signatures another version than the one before it. */
function lastRelease(history: History, file: string): Base | undefined {
  for (const commit of history.commits(manifestPath(file))) {
    const now = published(history, file, commit);
    const before = published(history, file, `${commit}^`);
    if (now !== undefined && before !== undefined && now.version !== before.version) {
      return { commit, label: `the release of ${now.version}` };
    }
  }
  return undefined;
}
