import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { grantsNothing, npmScripts, tokenNames, unpinned } from './rules.ts';
import { root } from '../root.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));

const workflows = filesIn('.github/workflows');
const hash = 'a'.repeat(40);
const digest = 'b'.repeat(64);

test('there are workflows to check', () => {
  expect(workflows.length).toBeGreaterThan(1);
});

describe.each(workflows)('%s', (file) => {
  const text = read(file);

  test('pins every action and image, with the version in a comment', () => {
    expect(unpinned(text)).toEqual([]);
    expect(text).toContain('uses: ');
  });

  test('grants nothing to a job that does not ask', () => {
    expect(grantsNothing(text)).toBe(true);
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

describe('unpinned', () => {
  test.each([
    `      - uses: actions/checkout@${hash} # v7.0.1`,
    `        uses: a/b/c@${hash} # v1.2.3`,
    '        uses: ./.github/actions/setup',
    `      image: node:22-bookworm@sha256:${digest}`,
    '      name: uses nothing',
  ])('accepts %s', (line) => {
    expect(unpinned(`jobs:\n${line}\n`)).toEqual([]);
  });

  test.each([
    '- uses: actions/checkout@v7',
    `- uses: actions/checkout@${hash}`,
    `uses: actions/checkout@${hash} # v7`,
    `uses: actions/checkout@${hash.slice(1)} # v7.0.1`,
    `uses: docker://alpine@${hash} # v3.0.0`,
    'image: node:22-bookworm',
    'container: node:22-bookworm',
  ])('finds %s', (line) => {
    expect(unpinned(`steps:\n      ${line}\n`)).toEqual([line]);
  });
});

test('npmScripts reads names with and without flags, each once', () => {
  const text =
    'npm ci && npm test\nnpm run -s kernels; npm run lint:fix -- --x `npm start` npm test';
  expect(npmScripts(text)).toEqual(['test', 'kernels', 'lint:fix', 'start']);
});

test('grantsNothing wants the whole of it at the top', () => {
  expect(grantsNothing('on: push\npermissions: {}\n')).toBe(true);
  expect(grantsNothing('jobs:\n  a:\n    permissions: {}\n')).toBe(false);
  expect(grantsNothing('permissions: read-all\n')).toBe(false);
});

test('tokenNames finds what would hold a token', () => {
  expect(tokenNames('env:\n  NPM_TOKEN: x\n//host/:_authToken=y\nregistry-url: z')).toEqual([
    'NPM_TOKEN',
    '_authToken',
    'registry-url',
  ]);
});
