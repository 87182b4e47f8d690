import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { npmScripts, tokenNames } from './rules.ts';
import { root } from '../root.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));

const workflows = filesIn('.github/workflows');

test('there are workflows to check', () => {
  expect(workflows.length).toBeGreaterThan(1);
});

describe.each(workflows)('%s', (file) => {
  const text = read(file);

  // Actions and images that are not pinned, and permissions that are too broad, are for zizmor; what follows it lets pass.
  test('says in a comment which version a pinned action is of', () => {
    const used = text.match(/(?<=\buses: )(?!\.\/).*/g);
    const pinned = /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(used?.filter((each) => !pinned.test(each))).toEqual([]);
  });

  test('leaves no credentials behind where it checks out', () => {
    const count = (what: string): number => text.split(what).length - 1;
    expect(count('persist-credentials: false')).toBe(count('uses: actions/checkout@'));
  });
});

test('npm trusts one job, and no token could be used in its place', () => {
  // GitHub Pages trusts another job; npm knows the release's by its file and its environment.
  const proving = workflows.flatMap(
    (file) =>
      read(file)
        .match(/id-token: write/g)
        ?.map(() => file) ?? [],
  );
  expect(proving).toEqual(['pages', 'release'].map((name) => `.github/workflows/${name}.yml`));
  expect(read('.github/workflows/pages.yml')).not.toContain('environment: npm');
  expect([...workflows, '.npmrc'].flatMap((file) => tokenNames(read(file)))).toEqual([]);
});

test('every npm script that is named for people or run by machines exists', () => {
  const known = Object.keys(
    (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts,
  );
  const files = [...filesIn('.github'), ...filesIn('.ci'), 'README.md', 'CONTRIBUTING.md'];
  for (const file of files) {
    const unknown = npmScripts(read(file)).filter((name) => !known.includes(name));
    expect(unknown, file).toEqual([]);
  }
  expect(npmScripts(read('.ci/run'))).toContain('typecheck');
  expect(npmScripts(read('.github/workflows/release.yml'))).toContain('release');
});

test('npmScripts reads names with and without flags, each once', () => {
  const text =
    'npm ci && npm test\nnpm run -s kernels; npm run lint:fix -- --x `npm start` npm test';
  expect(npmScripts(text)).toEqual(['test', 'kernels', 'lint:fix', 'start']);
});

test('tokenNames finds what would hold a token', () => {
  expect(tokenNames('env:\n  NPM_TOKEN: x\n//host/:_authToken=y\nregistry-url: z')).toEqual([
    'NPM_TOKEN',
    '_authToken',
    'registry-url',
  ]);
});
