import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../assembly');
const scripts = join(import.meta.dirname, '../scripts');

// What the files of assembly/ import from each other. One is written by a script, which imports nothing from beside itself but has
// the text of these imports.
const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
const paths = [...names.map((name) => join(folder, name)), join(scripts, 'cell-equations.ts')];
const imports = new Map(
  paths.map((path) => {
    const actual = readFileSync(path, 'utf8').matchAll(/ from '\.\/([\w-]+)';/g);
    return [basename(path), [...actual].map(([, name]) => `${name}.ts`)];
  }),
);

/** A path of imports from a file back to itself, if there is one. */
function circleFrom(first: string): string[] | undefined {
  const visited = new Set<string>();
  const search = (path: readonly string[]): string[] | undefined => {
    for (const next of imports.get(path.at(-1)!)!) {
      if (next === first) return [...path, next];
      if (visited.has(next)) continue;
      visited.add(next);
      const actual = search([...path, next]);
      if (actual !== undefined) return actual;
    }
    return undefined;
  };
  return search([first]);
}

test('no file of assembly/ imports itself by way of others', () => {
  expect([...imports.keys()].map(circleFrom).filter((path) => path !== undefined)).toEqual([]);
});

test('every file of assembly/ is reached from its entry', () => {
  const reached = new Set(['index.ts']);
  for (const name of reached) for (const next of imports.get(name)!) reached.add(next);
  expect([...reached].sort()).toEqual([...imports.keys()].sort());
});
