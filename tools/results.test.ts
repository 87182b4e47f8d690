import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePages } from './results/pages.ts';
import { root } from './root.ts';

const pages = join(root, 'docs/results');
const readme = join(root, 'README.md');
let folder: string;
let copy: string;
let copyOfReadme: string;

beforeAll(() => {
  folder = temporaryFolder();
  copy = join(folder, 'results');
  cpSync(pages, copy, { recursive: true });
  copyOfReadme = join(folder, 'README.md');
  cpSync(readme, copyOfReadme);
});
afterAll(() => {
  removeFolder(folder);
});

const write = (...runs: string[]): Promise<string[]> =>
  writePages({ folder: copy, readme: copyOfReadme, runs });

test('every table and picture is what the kept results give', async () => {
  await write();
  const files = readdirSync(pages, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  expect(files.length).toBeGreaterThan(20);
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name);
    const again = readFileSync(join(copy, relative(pages, file)), 'utf8');
    expect(again, `${name}: npm run results`).toBe(readFileSync(file, 'utf8'));
  }
  expect(readFileSync(copyOfReadme, 'utf8'), 'README.md: npm run results').toBe(
    readFileSync(readme, 'utf8'),
  );
  expect(readdirSync(copy, { recursive: true }).length).toBe(
    readdirSync(pages, { recursive: true }).length,
  );
});

test('a run that is not finished is refused', async () => {
  await expect(write(join(folder, 'quick-nothing'))).rejects.toThrow(
    /quick-nothing: expected the folder of a finished run, found no result\.json/,
  );
});
