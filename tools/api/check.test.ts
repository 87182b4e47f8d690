import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkSignatures } from './check.ts';

let folder: string;
let template: string;
/** The repository of the test; its main has a package `groups` with signatures that no release has yet. */
let root: string;

beforeAll(() => {
  // A hook that runs the tests names its repository in such variables; it must not be ours.
  for (const name of Object.keys(process.env).filter((each) => each.startsWith('GIT_'))) {
    Reflect.deleteProperty(process.env, name);
  }
  folder = temporaryFolder();
  root = template = join(folder, 'template');
  mkdirSync(root);
  git('init', '--quiet', '--initial-branch=main');
  configure();
  put('packages/groups/package.json', manifest('groups', '0.1.0'));
  put('docs/signatures/groups.txt', 'function one(): void;\n');
  put('.changeset/README.md', '# Changesets\n');
  put('.changeset/first.md', changeset('@x/groups'));
  commit('start');
});
afterAll(() => {
  removeFolder(folder);
});
beforeEach(() => {
  root = mkdtempSync(join(folder, 'test-'));
  cpSync(template, root, { recursive: true });
});

function configure(): void {
  git('config', 'user.name', 'Test');
  git('config', 'user.email', 'test@example.org');
  git('config', 'commit.gpgsign', 'false');
}

function git(...args: string[]): void {
  execFileSync('git', args, { cwd: root, stdio: 'pipe' });
}

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function commit(message: string): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
}

const remove = (path: string): void => {
  rmSync(join(root, path));
};

const manifest = (name: string, version: string): string =>
  JSON.stringify({ name: `@x/${name}`, version });

const changeset = (name: string, type = 'minor'): string =>
  `---\n'${name}': ${type}\n---\n\nWhat a user has to know.\n`;

/** Changes the signatures of `groups`. */
const changeSignature = (text = 'function two(): void;\n'): void => {
  put('docs/signatures/groups.txt', text);
};

/** What `changeset version` does. */
function release(version: string, ...changesets: string[]): void {
  changesets.forEach((name) => {
    remove(`.changeset/${name}.md`);
  });
  put('packages/groups/package.json', manifest('groups', version));
  put('packages/groups/CHANGELOG.md', `## ${version}\n`);
}

/** The packages that changed, each with the changesets that name it. */
const found = (ref?: string): Record<string, readonly string[]> =>
  Object.fromEntries(
    checkSignatures(root, ref).changed.map(({ name, changesets }) => [name, changesets]),
  );

describe('on a branch', () => {
  beforeEach(() => {
    git('switch', '--quiet', '--create', 'work');
  });

  it('finds nothing where no signature changed', () => {
    put('packages/groups/src/index.ts', 'export {};\n');
    put('docs/signatures/notes.md', 'no signatures\n');
    commit('other work');
    expect(found()).toEqual({});
  });

  it('finds the changeset that a later commit brings', () => {
    changeSignature();
    commit('change');
    expect(found()).toEqual({ '@x/groups': [] });
    put('.changeset/second.md', changeset('@x/groups'));
    commit('changeset');
    expect(found()).toEqual({ '@x/groups': ['.changeset/second.md'] });
  });

  it('does not count a changeset that was there before', () => {
    changeSignature();
    commit('change');
    expect(found()).toEqual({ '@x/groups': [] });
  });

  it('counts one that was there before and says more now', () => {
    changeSignature();
    put('.changeset/first.md', `${changeset('@x/groups')}\nAnd more.\n`);
    commit('change');
    expect(found()).toEqual({ '@x/groups': ['.changeset/first.md'] });
  });

  it.each([
    ['names another package', changeset('@x/cells')],
    ['names it without a new version', changeset('@x/groups', 'none')],
    ['is empty', '---\n---\n'],
  ])('does not count a changeset that %s', (_, text) => {
    changeSignature();
    put('.changeset/second.md', text);
    commit('change');
    const [change] = checkSignatures(root).changed;
    expect(change).toMatchObject({ changesets: [], others: ['.changeset/second.md'] });
  });

  it('sees what is not committed', () => {
    changeSignature();
    expect(found()).toEqual({ '@x/groups': [] });
    put('.changeset/second.md', changeset('@x/groups'));
    expect(found()).toEqual({ '@x/groups': ['.changeset/second.md'] });
    commit('both');
    remove('.changeset/second.md');
    expect(found()).toEqual({ '@x/groups': [] });
  });

  it('compares with where the branch left main, not with what main became', () => {
    git('switch', '--quiet', 'main');
    changeSignature('function ofMain(): void;\n');
    put('.changeset/main.md', changeset('@x/groups'));
    commit('change on main');
    git('switch', '--quiet', 'work');
    expect(found()).toEqual({});
    changeSignature();
    commit('change');
    expect(found()).toEqual({ '@x/groups': [] });
  });

  it('counts a changeset that a release used up, also before the release is committed', () => {
    changeSignature();
    put('.changeset/second.md', changeset('@x/groups'));
    commit('change');
    release('0.2.0', 'first', 'second');
    expect(found()).toEqual({ '@x/groups': ['.changeset/second.md'] });
    commit('release');
    expect(found()).toEqual({ '@x/groups': ['.changeset/second.md'] });
  });

  it('counts what `changeset version` itself used up', () => {
    const config = { changelog: false, baseBranch: 'main', access: 'public' };
    put('.changeset/config.json', JSON.stringify(config));
    put('package.json', JSON.stringify({ private: true, workspaces: ['packages/*'] }));
    put('package-lock.json', '{}');
    changeSignature();
    put('.changeset/second.md', changeset('@x/groups', 'patch'));
    commit('change');
    const cli = createRequire(import.meta.url).resolve('@changesets/cli/bin.js');
    execFileSync(process.execPath, [cli, 'version'], { cwd: root, stdio: 'pipe' });
    commit('release');
    expect(readFileSync(join(root, 'packages/groups/package.json'), 'utf8')).toContain('0.2.0');
    expect(existsSync(join(root, '.changeset/second.md'))).toBe(false);
    expect(found()).toEqual({ '@x/groups': ['.changeset/second.md'] });
  });

  it('does not count a changeset that was taken back', () => {
    changeSignature();
    put('.changeset/second.md', changeset('@x/groups'));
    commit('change');
    remove('.changeset/second.md');
    commit('no release');
    expect(found()).toEqual({ '@x/groups': [] });
  });

  it('finds nothing in a release alone', () => {
    release('0.2.0', 'first');
    expect(found()).toEqual({});
    commit('release');
    expect(found()).toEqual({});
  });

  it('accepts the first file of a package that was published before', () => {
    git('switch', '--quiet', 'main');
    put('packages/cells/package.json', manifest('cells', '0.1.0'));
    commit('a package without a file');
    git('switch', '--quiet', '--create', 'signatures');
    put('docs/signatures/cells.txt', 'function cell(): void;\n');
    expect(found()).toEqual({});
    commit('its file');
    expect(found()).toEqual({});
  });

  it('asks for a changeset for a new package, and for one that is private no more', () => {
    put('docs/signatures/lasso.txt', 'function lasso(): void;\n');
    put('packages/lasso/package.json', manifest('lasso', '0.1.0'));
    commit('a package');
    expect(found()).toEqual({ '@x/lasso': [] });
    put('.changeset/lasso.md', changeset('@x/lasso'));
    expect(found()).toEqual({ '@x/lasso': ['.changeset/lasso.md'] });

    git('switch', '--quiet', 'main');
    put('packages/app/package.json', JSON.stringify({ name: '@x/app', private: true }));
    commit('a private package');
    git('switch', '--quiet', '--create', 'publish');
    put('packages/app/package.json', manifest('app', '0.1.0'));
    put('docs/signatures/app.txt', 'function app(): void;\n');
    expect(found()).toMatchObject({ '@x/app': [] });
  });

  it('asks for nothing where a package went, and for a changeset where only its file went', () => {
    remove('docs/signatures/groups.txt');
    expect(found()).toEqual({ '@x/groups': [] });
    remove('packages/groups/package.json');
    expect(found()).toEqual({});
  });

  it('asks for a changeset by the new name of a package', () => {
    put('packages/groups/package.json', manifest('sets', '0.1.0'));
    changeSignature('# @x/sets\n');
    put('.changeset/second.md', changeset('@x/groups'));
    commit('rename');
    expect(found()).toEqual({ '@x/sets': [] });
  });

  it('finds changesets on both sides of a merge', () => {
    git('switch', '--quiet', '--create', 'side');
    changeSignature();
    put('.changeset/side.md', changeset('@x/groups'));
    commit('on the side');
    git('switch', '--quiet', 'work');
    put('packages/groups/src/index.ts', 'export {};\n');
    commit('meanwhile');
    git('merge', '--quiet', '--no-edit', 'side');
    release('0.2.0', 'first', 'side');
    commit('release');
    expect(found()).toEqual({ '@x/groups': ['.changeset/side.md'] });
  });
});

describe('on main', () => {
  it('compares what is not committed with the last commit', () => {
    changeSignature();
    expect(found()).toEqual({ '@x/groups': [] });
    put('.changeset/second.md', changeset('@x/groups'));
    expect(found()).toEqual({ '@x/groups': ['.changeset/second.md'] });
  });

  it('finds nothing before the first release', () => {
    changeSignature();
    commit('change');
    expect(checkSignatures(root)).toMatchObject({ bases: [{ label: 'the last commit' }] });
    expect(found()).toEqual({});
  });

  it('compares with the last release in a fresh clone', () => {
    release('0.2.0', 'first');
    commit('release');
    changeSignature();
    commit('change');
    clone();
    const { bases, changed } = checkSignatures(root);
    expect(bases.map(({ label }) => label)).toEqual(['the last commit', 'the release of 0.2.0']);
    expect(changed).toMatchObject([{ name: '@x/groups', changesets: [] }]);

    put('.changeset/second.md', changeset('@x/groups'));
    commit('changeset');
    git('push', '--quiet');
    expect(found()).toEqual({ '@x/groups': ['.changeset/second.md'] });
    release('0.3.0', 'second');
    expect(found()).toEqual({ '@x/groups': ['.changeset/second.md'] });
    commit('next release');
    git('push', '--quiet');
    expect(found()).toEqual({});
  });

  it('compares what is not pushed with what is', () => {
    clone();
    changeSignature();
    commit('change');
    const { bases, changed } = checkSignatures(root);
    expect(bases).toMatchObject([{ label: 'where this branch left origin/main' }]);
    expect(changed).toMatchObject([{ name: '@x/groups', changesets: [] }]);
  });

  it('compares with a commit that is given', () => {
    changeSignature();
    commit('change');
    git('commit', '--quiet', '--allow-empty', '--message', 'something else');
    expect(found('HEAD~2')).toEqual({ '@x/groups': [] });
    expect(found('HEAD~1')).toEqual({});
  });
});

/** From here on the repository is a clone of what it was. */
function clone(...options: string[]): void {
  const origin = `${root}.git`;
  git('clone', '--quiet', '--bare', root, origin);
  const copy = `${root}-clone`;
  git('clone', '--quiet', ...options, pathToFileURL(origin).href, copy);
  root = copy;
  configure();
}

describe('what cannot be compared', () => {
  it('is a shallow clone', () => {
    changeSignature();
    commit('change');
    clone('--depth=1');
    expect(() => found()).toThrow(
      'expected the whole history, found a shallow clone; run `git fetch --unshallow`, or give actions/checkout `fetch-depth: 0`',
    );
    git('fetch', '--quiet', '--unshallow');
    expect(found()).toEqual({});
  });

  it('is a folder without a repository, or a copy of the files within another one', () => {
    expect(() => checkSignatures(folder)).toThrow(
      /expected a git repository in .*, found none \(fatal: not a git repository/,
    );
    expect(() => checkSignatures(join(root, 'packages/groups'))).toThrow(
      /found none \(one whose folder "packages\/groups\/" this is\)/,
    );
  });

  it('is a commit that is not there, or that has nothing in common with this one', () => {
    expect(() => found('nothing')).toThrow('found none called "nothing"');
    git('switch', '--quiet', '--orphan', 'apart');
    git('commit', '--quiet', '--allow-empty', '--message', 'apart');
    expect(() => found()).toThrow('"main" and this branch have in common, found none');
    git('branch', '--quiet', '--delete', '--force', 'main');
    expect(() => found()).toThrow('expected a branch origin/main or main to compare with');
  });

  it('is a changeset that is none', () => {
    changeSignature();
    put('.changeset/second.md', 'Something changed.\n');
    expect(() => found()).toThrow(/expected \.changeset\/second\.md to be a changeset, found/);
  });
});

describe('npm run api:check', () => {
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'check-cli.ts'), '--root', root, ...args],
      { encoding: 'utf8' },
    );

  it('fails with what to do, and passes with what was found', () => {
    git('switch', '--quiet', '--create', 'work');
    changeSignature();
    put('.changeset/second.md', changeset('@x/cells'));
    const without = run();
    expect(without.status).toBe(1);
    expect(without.stderr).toMatch(
      /^@x\/groups: expected a changeset that names it, as docs\/signatures\/groups\.txt differs from [0-9a-f]{9} \(the last commit\); found only \.changeset\/second\.md since then\. Run `npm run changeset`, choose @x\/groups and say what its users have to know\.\n$/,
    );
    put('.changeset/third.md', changeset('@x/groups', 'patch'));
    const { status, stdout } = run('--base', 'main');
    expect(status).toBe(0);
    expect(stdout).toContain(
      '@x/groups changed: .changeset/third.md\nevery change has a changeset',
    );
  });

  it('prints why it cannot compare', () => {
    const { status, stderr } = run('--base', 'nothing');
    expect(status).toBe(1);
    expect(stderr).toContain('api:check: expected a commit to compare with');
    expect(stderr).not.toContain(' at ');
  });
});
