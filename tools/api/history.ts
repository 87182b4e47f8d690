import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Read access to a git repository: its commits, and the working tree with all that is not committed. */
export interface History {
  /** The commit that a name stands for; undefined when there is none. */
  commit(name: string): string | undefined;
  /** Where two lines of commits parted; undefined when they have nothing in common. */
  mergeBase(a: string, b: string): string | undefined;
  /** The text of a file at a commit, or in the working tree without one; undefined when it is not there. */
  read(path: string, commit?: string): string | undefined;
  /** The files below `path` in the working tree. */
  files(path: string): string[];
  /** The files below `path` that differ between a commit and the working tree, deleted ones too. */
  changed(path: string, since: string): string[];
  /** The commits after `since` that changed something below `path`, or all of them; newest first. */
  commits(path: string, since?: string): string[];
  /** The files below `path` that a commit added or changed. */
  written(path: string, commit: string): string[];
}

/**
 * Opens the history of the repository at `root`.
 *
 * @throws Error when there is no git repository, or only the end of its history.
 */
export function openHistory(root: string): History {
  const run = (
    args: readonly string[],
  ): { status: number | null; stdout: string; stderr: string } => {
    const ended = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (ended.error !== undefined) throw ended.error;
    return ended;
  };
  const git = (...args: string[]): string | undefined => {
    const { status, stdout } = run(args);
    return status === 0 ? stdout : undefined;
  };
  const lines = (...args: string[]): string[] => {
    const { status, stdout, stderr } = run(args);
    if (status !== 0) throw new Error(`api:check: git ${args.join(' ')} failed: ${stderr.trim()}`);
    return stdout.split('\n').filter((line) => line !== '');
  };

  const opened = run(['rev-parse', '--is-shallow-repository', '--show-prefix']);
  const [shallow, prefix] = opened.stdout.split('\n');
  // Another repository may lie round a copy of the files.
  if (opened.status !== 0 || prefix !== '') {
    const why = opened.stderr.trim() || `one whose folder "${prefix}" this is`;
    throw new Error(
      `api:check: expected a git repository in ${root}, found none (${why}); run it in a clone.`,
    );
  }
  if (shallow === 'true') {
    throw new Error(
      'api:check: expected the whole history, found a shallow clone; run `git fetch --unshallow`, or give actions/checkout `fetch-depth: 0`.',
    );
  }

  // Quoted paths would be other paths, and a file that was renamed is one that was added.
  const names = ['-c', 'core.quotePath=false'];
  const diff = ['--name-only', '--no-renames'];
  return {
    commit: (name) => git('rev-parse', '--verify', '--quiet', `${name}^{commit}`)?.trim(),
    mergeBase: (a, b) => git('merge-base', a, b)?.trim(),
    read: (path, commit) => {
      if (commit !== undefined) return git('show', `${commit}:${path}`);
      const file = join(root, path);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    },
    files: (path) =>
      lines(...names, 'ls-files', '--cached', '--others', '--exclude-standard', '--', path),
    changed: (path, since) => [
      ...lines(...names, 'diff', ...diff, since, '--', path),
      ...lines(...names, 'ls-files', '--others', '--exclude-standard', '--', path),
    ],
    commits: (path, since) =>
      lines(
        ...['rev-list', '--full-history', since === undefined ? 'HEAD' : `${since}..HEAD`],
        ...['--', path],
      ),
    written: (path, commit) =>
      lines(
        ...[...names, 'diff-tree', '--root', '--no-commit-id', '-r', ...diff],
        ...['--diff-filter=AM', commit, '--', path],
      ),
  };
}
