import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { beforeEach, expect, it } from 'vitest';
import { checkSignatures } from './check.ts';

/** A repository whose main has a package `groups` with a changeset; the test is on a branch of it. */
let root: string;

beforeEach(() => {
  // A hook that runs the tests names its repository in such variables; it must not be ours.
  for (const name of Object.keys(process.env).filter((each) => each.startsWith('GIT_'))) {
    Reflect.deleteProperty(process.env, name);
  }
  root = testFolder();
  git('init', '--quiet', '--initial-branch=main');
  put('packages/groups/package.json', '{ "name": "@x/groups" }');
  put('docs/signatures/groups.txt', 'function one(): void;\n');
  put('.changeset/README.md', '# Changesets\n');
  put('.changeset/first.md', changeset('@x/groups'));
  commit();
  git('switch', '--quiet', '--create', 'work');
});

const git = (...args: string[]): void => {
  const user = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  execFileSync('git', [...user, '-c', 'commit.gpgsign=false', ...args], { cwd: root });
};

function commit(): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'change');
}

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const changeset = (name: string, type = 'minor'): string =>
  `---\n'${name}': ${type}\n---\n\nWhat a user has to know.\n`;

const changeSignature = (): void => {
  put('docs/signatures/groups.txt', 'function two(): void;\n');
};

/** The packages that changed, each with the changesets that name it. */
const found = (ref?: string): Record<string, readonly string[]> =>
  Object.fromEntries(
    checkSignatures(root, ref).changed.map(({ name, changesets }) => [name, changesets]),
  );

it('finds nothing where no signature changed', () => {
  put('packages/groups/src/index.ts', 'export {};\n');
  put('docs/signatures/notes.md', 'no signatures\n');
  expect(found()).toEqual({});
});

it('finds a change and the changeset that comes with it, committed or not', () => {
  changeSignature();
  expect(found()).toEqual({ '@x/groups': [] });
  commit();
  expect(found()).toEqual({ '@x/groups': [] });
  put('.changeset/second.md', changeset('@x/groups'));
  expect(found()).toEqual({ '@x/groups': ['.changeset/second.md'] });
  commit();
  expect(found()).toEqual({ '@x/groups': ['.changeset/second.md'] });
  rmSync(join(root, '.changeset/second.md'));
  expect(found()).toEqual({ '@x/groups': [] });
});

it('counts a changeset that was there before when it says more now', () => {
  changeSignature();
  put('.changeset/first.md', `${changeset('@x/groups')}\nAnd more.\n`);
  expect(found()).toEqual({ '@x/groups': ['.changeset/first.md'] });
});

it.each([
  ['names another package', changeset('@x/cells')],
  ['names it without a new version', changeset('@x/groups', 'none')],
  ['is empty', '---\n---\n'],
])('does not count a changeset that %s', (_, text) => {
  changeSignature();
  put('.changeset/second.md', text);
  expect(found()).toEqual({ '@x/groups': [] });
});

it('compares with where the branch left main, and with a commit that is given', () => {
  git('switch', '--quiet', 'main');
  put('docs/signatures/groups.txt', 'function ofMain(): void;\n');
  put('.changeset/main.md', changeset('@x/groups'));
  commit();
  expect(found('HEAD~1')).toEqual({ '@x/groups': ['.changeset/main.md'] });
  git('switch', '--quiet', 'work');
  expect(found()).toEqual({});
  changeSignature();
  expect(found()).toEqual({ '@x/groups': [] });
});

it('asks for a changeset for a new package, and for nothing where one went or is private', () => {
  put('docs/signatures/app.txt', 'function app(): void;\n');
  put('packages/app/package.json', '{ "name": "@x/app", "private": true }');
  put('docs/signatures/lasso.txt', 'function lasso(): void;\n');
  put('packages/lasso/package.json', '{ "name": "@x/lasso" }');
  rmSync(join(root, 'docs/signatures/groups.txt'));
  rmSync(join(root, 'packages/groups'), { recursive: true });
  expect(found()).toEqual({ '@x/lasso': [] });
});

it('refuses a changeset that is none, and a base that is not there', () => {
  put('.changeset/second.md', 'Something changed.\n');
  expect(() => found()).toThrow(/expected \.changeset\/second\.md to be a changeset, found/);
  expect(() => found('nothing')).toThrow('expected a commit that nothing and this branch have in');
});

it('npm run api:check fails with what to do, and passes with what was found', () => {
  const cli = join(import.meta.dirname, 'check-cli.ts');
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, ['--import', 'tsx', cli, '--root', root, ...args], {
      encoding: 'utf8',
    });
  changeSignature();
  put('.changeset/second.md', changeset('@x/cells'));
  const without = run();
  expect(without.status).toBe(1);
  expect(without.stderr).toMatch(
    /^@x\/groups: expected a changeset that names it, as docs\/signatures\/groups\.txt differs from [0-9a-f]{9}; found only \.changeset\/second\.md since then\. Run `npm run changeset`, choose @x\/groups and say what its users have to know\.\n$/,
  );
  put('.changeset/third.md', changeset('@x/groups', 'patch'));
  const { status, stdout } = run('--base', 'main');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^api:check: every change since [0-9a-f]{9} has a changeset$/m);
});
