// What the texts of the repository point at is there: files that they name or link to, and the headings of anchors.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from './consumer/pack.ts';
import { root } from './root.ts';

/** The text without what stands between fences, where a `#` begins a comment and a bracket an index. */
const prose = (text: string): string => text.replace(/^ *```[^]*?^ *```$/gm, '');

/** The anchors of a page's headings, as GitHub makes them; of headings that are alike, the later ones have numbers. */
function anchorsOf(text: string): string[] {
  const anchors = [...prose(text).matchAll(/^#{1,6} +(.*)$/gm)].map(([, heading]) =>
    heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return anchors.map((anchor, at) => {
    const before = anchors.slice(0, at).filter((other) => other === anchor).length;
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** Files and folders of ours that a text names in backquotes; what holds a wildcard or a placeholder names none. */
const named = (text: string): string[] =>
  [...text.matchAll(/`((?:packages|apps|examples|tools|docs|site)\/[^`\s]*)`/g)]
    .map((match) => match[1]!)
    .filter((path) => !/[*<{]|\.\.\./.test(path));

/** What a page at `path`, from the root, points at in the repository and is not there. */
function deadIn(path: string, text: string): string[] {
  const links = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, href]) => href!);
  const dead = links.filter((href) => {
    if (/^[a-z]+:/.test(href)) return false;
    const [file = '', anchor] = href.split('#');
    const target = file === '' ? join(root, path) : join(root, dirname(path), decodeURI(file));
    if (!existsSync(target)) return true;
    if (anchor === undefined) return false;
    const page = file === '' ? text : readFileSync(target, 'utf8');
    return !anchorsOf(page).includes(decodeURI(anchor));
  });
  return [...dead, ...named(text).filter((file) => !existsSync(join(root, file)))];
}

// Changelogs and changesets tell of what was.
const pages = run(['git', 'ls-files', '*.md'], root)
  .trim()
  .split('\n')
  .filter((path) => !/^\.changeset\/|CHANGELOG\.md$/.test(path));

test('pages of every kind are looked at', () => {
  const some = ['SECURITY.md', 'docs/guide/iss.md', 'packages/lasso/README.md'];
  expect(pages).toEqual(expect.arrayContaining(some));
});

test.each(pages)('%s points at what is there', (path) => {
  expect(deadIn(path, readFileSync(join(root, path), 'utf8'))).toEqual([]);
});

describe('deadIn', () => {
  const dead = (text: string): string[] => deadIn('docs/guide/iss.md', text);

  test('finds files and headings that are not there', () => {
    expect(dead('[a](../none.md) [b](budget.md#none) [c](#d)\n## C')).toEqual([
      '../none.md',
      'budget.md#none',
      '#d',
    ]);
    expect(dead('`tools/none.ts` and `packages/lasso/`')).toEqual(['tools/none.ts']);
  });

  test('knows the anchors that GitHub makes', () => {
    const headings =
      '# A (`b`), or λ\n## C_d\n## C_d\n## [E](iss.md) & g\n```sh\n# no heading\n```';
    const right = ['a-b-or-λ', 'c_d', 'c_d-1', 'e--g'].map((each) => `[x](#${each})`).join(' ');
    expect(dead(`${right}\n${headings}\n`)).toEqual([]);
    expect(dead(`[x](#no-heading)\n${headings}`)).toEqual(['#no-heading']);
  });

  test('leaves addresses and placeholders alone', () => {
    expect(dead('[a](https://b.c/#d) `docs/<name>.md`\n```ts\na[0](1)\n```\n')).toEqual([]);
  });
});
