import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The written pages of `docs`; `docs/api` is made from the docstrings by `npm run site:build`. */
export function docsPages(root: string): string[] {
  return readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !/^api\b|\.doctest/.test(name))
    .map((name) => join(root, 'docs', name));
}

/** The Markdown files whose examples are run by tests: of the root, of the docs, and the README of each package. */
export function markdownFiles(root: string): string[] {
  const readmes = readdirSync(join(root, 'packages')).map((name) =>
    join(root, 'packages', name, 'README.md'),
  );
  return [join(root, 'README.md'), ...docsPages(root), ...readmes].filter((file) =>
    existsSync(file),
  );
}
