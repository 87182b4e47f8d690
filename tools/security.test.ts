import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './root.ts';

const page = readFileSync(join(root, 'SECURITY.md'), 'utf8');
const promised = page.slice(page.indexOf('## What is promised for each format'));
const sections = promised.split(/^### /m).slice(1);

describe('SECURITY.md', () => {
  test('names test files that exist', () => {
    const named = [...page.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, file]) => file!);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test.each(sections.map((text) => [text.slice(0, text.indexOf('\n')), text]))(
    'names a test for %s',
    (_, text) => {
      expect(text).toMatch(/`[\w./-]+\.test\.ts`/);
    },
  );
});
