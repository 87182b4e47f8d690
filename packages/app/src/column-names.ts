import { basename, resolve } from 'node:path';

/** What the columns of runs are called: the names of their folders, and of those with the same name the paths that were given. */
export function columnNames(paths: readonly string[]): string[] {
  const names = paths.map((path) => basename(resolve(path)));
  return names.map((name, i) =>
    names.indexOf(name) === names.lastIndexOf(name) ? name : paths[i]!,
  );
}
