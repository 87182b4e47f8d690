import parseChangeset from '@changesets/parse';
import type { History } from './history.ts';

/** A changeset that was added or changed since some commit. */
export interface Changeset {
  readonly path: string;
  /** The packages that it gives a new version to. */
  readonly packages: readonly string[];
  /** Whether it is there no more: a release used it up, or somebody took it back. */
  readonly gone: boolean;
}

const FOLDER = '.changeset';

/** The changesets of the working tree that differ from those of a commit, and those that came and went since then. */
export function changesetsSince(history: History, commit: string): Changeset[] {
  const texts = new Map<string, { text: string; gone: boolean }>();
  for (const path of history.changed(FOLDER, commit).filter(isChangeset)) {
    const text = history.read(path);
    if (text !== undefined) texts.set(path, { text, gone: false });
  }
  // Newest first: of a changeset that came and went, the last text is what a release read.
  for (const later of history.commits(FOLDER, commit)) {
    for (const path of history.written(FOLDER, later).filter(isChangeset)) {
      if (texts.has(path) || history.read(path) !== undefined) continue;
      texts.set(path, { text: history.read(path, later)!, gone: true });
    }
  }
  return [...texts].map(([path, { text, gone }]) => ({ path, packages: named(text, path), gone }));
}

function isChangeset(path: string): boolean {
  return /^\.changeset\/[^/]+\.md$/.test(path) && !/readme\.md$/i.test(path);
}

function named(text: string, path: string): string[] {
  try {
    return parseChangeset(text)
      .releases.filter(({ type }) => type !== 'none')
      .map(({ name }) => name);
  } catch (cause) {
    throw new Error(
      `api:check: expected ${path} to be a changeset, found another text (${(cause as Error).message.split('\n')[0]}); make it with \`npm run changeset\`.`,
      { cause },
    );
  }
}
