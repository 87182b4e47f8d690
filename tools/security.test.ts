import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './root.ts';

const page = readFileSync(join(root, 'SECURITY.md'), 'utf8');
const promised = page.slice(page.indexOf('## What is promised for each format'));
const sections = promised.split(/^### /m).slice(1);

// That the files are there is in links.test.ts.
test.each(sections.map((text) => [text.slice(0, text.indexOf('\n')), text]))(
  'SECURITY.md names a test for %s',
  (_, text) => {
    expect(text).toMatch(/`[\w./-]+\.test\.ts`/);
  },
);
