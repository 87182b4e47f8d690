// What the pages of the site show was run: fences marked `ts` here, whole projects of several files by the site's own test.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { extractExamples, testReadme } from '@secateur/testing';
import { describe, expect, test } from 'vitest';
import { parts } from '../site/pages.ts';
import { projects } from '../site/test/projects.ts';
import { docsPages } from './examples/markdown.ts';
import { root } from './root.ts';

for (const page of docsPages(root)) {
  if (extractExamples(readFileSync(page, 'utf8')).length > 0) testReadme(pathToFileURL(page));
}

/** What stands between fences and is no program of ours: commands, what they print, and files of other languages. */
// `typescript` shows a file that a test of the package runs, and compares with it.
const others = ['', 'sh', 'console', 'text', 'json', 'html', 'typescript'];

describe('fences of the pages of the site', () => {
  const sources = parts.flatMap(({ pages }) => pages).map(({ source }) => source);
  test.each(sources)('%s shows no program that is not run', (source) => {
    const text = readFileSync(join(root, source), 'utf8');
    const kinds = [...text.matchAll(/^```(.*)\n[^]*?^```$/gm)].map(([, kind]) => kind!);
    const unknown = kinds.filter((kind) => kind !== 'ts' && !others.includes(kind));
    // A fence with the name of a file belongs to a project, which site/test/projects.test.ts builds and opens.
    expect(unknown.filter((kind) => !/^ts \[[\w.]+\]$/.test(kind))).toEqual([]);
    if (unknown.length > 0) expect(projects).toContain(source);
  });
});
