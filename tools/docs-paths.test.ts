import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './root.ts';

/** Files and folders of ours that a text names in backquotes; what holds a wildcard or a placeholder names none. */
const named = (text: string): string[] =>
  [...text.matchAll(/`((?:packages|apps|examples|tools|docs)\/[^`\s]*)`/g)]
    .map((match) => match[1]!)
    .filter((path) => !/[*<{]|\.\.\./.test(path));

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync(join(root, 'docs')).flatMap((name) =>
    name.endsWith('.md') ? [`docs/${name}`] : [],
  ),
];

test.each(pages)('%s names files that are there', (page) => {
  const missing = named(readFileSync(join(root, page), 'utf8')).filter(
    (path) => !existsSync(join(root, path)),
  );
  expect(missing).toEqual([]);
});
