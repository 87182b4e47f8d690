// What only another system would show: names, line ends, scripts, installations and code that work here and not there.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import { run } from './consumer/pack.ts';
import { root } from './root.ts';

const git = (...args: string[]): string[] =>
  run(['git', ...args], root)
    .split('\0')
    .filter((entry) => entry !== '');
const files = git('ls-files', '-z');

/** What keeps names of files and folders from being the same names on macOS and Windows. */
function faultsOfNames(paths: readonly string[]): string[] {
  const parts = new Set(
    paths.flatMap((path) => path.split('/').map((_, i, all) => all.slice(0, i + 1).join('/'))),
  );
  const forbidden = [...parts].filter((path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    // eslint-disable-next-line no-control-regex -- Windows forbids them
    const characters = /[<>:"\\|?*\u0000-\u001f]|[. ]$/.test(name);
    return characters || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);
  });
  const byCase = new Map<string, string[]>();
  for (const path of parts) {
    const folded = path.normalize('NFC').toLowerCase();
    byCase.set(folded, [...(byCase.get(folded) ?? []), path]);
  }
  const clashes = [...byCase.values()].filter((same) => same.length > 1);
  return [
    ...forbidden.map((path) => `${path}: expected a name that Windows takes`),
    ...clashes.map((same) => `${same.join(' and ')}: expected names that differ not only in case`),
    ...paths.filter((path) => path.length > 150).map((path) => `${path}: expected a shorter path`),
  ];
}

/** What keeps a script of a package.json from running in the command prompt of Windows, or from being stopped well. */
function faultsOfScript(script: string): string[] {
  const commands = script.split('&&').map((command) => command.trim());
  return [
    ...(/['`$;]|[<>|]|(?:^|[^&])&(?:[^&]|$)/.test(script) ? ['syntax of a Unix shell'] : []),
    ...commands.flatMap((command) => {
      const [word = ''] = command.split(' ');
      if (/^\w+=/.test(word)) return [`"${word}" before a command`];
      if (/^(?:rm|cp|mv|mkdir|cat|sh|bash|env|export|test|touch|which|sed|grep)$/.test(word)) {
        return [`the program ${word}`];
      }
      // It ends a busy program that does not hear Ctrl-C within 60 ms; node --import tsx does not.
      return word === 'tsx' ? ['the launcher tsx, which Ctrl-C makes impatient'] : [];
    }),
  ];
}

describe('the files of the repository', () => {
  test('have names that every system takes', () => {
    expect(files.length).toBeGreaterThan(1000);
    expect(faultsOfNames(files)).toEqual([]);
  });

  test('are texts with line feeds, or are marked as binary', () => {
    const lines = git('ls-files', '-z', '--eol').map((line) => line.split(/\s+/));
    const wrong = lines.filter(
      ([index, , attributes]) =>
        index !== 'i/lf' && index !== 'i/none' && !attributes!.startsWith('attr/-text'),
    );
    expect(wrong).toEqual([]);
    const [readme] = run(['git', 'check-attr', 'eol', 'README.md'], root).split('\n');
    expect(readme).toBe('README.md: eol: lf');
  });

  test('are no links, which Windows makes only for some users', () => {
    expect(git('ls-files', '-z', '--stage').filter((line) => line.startsWith('120000'))).toEqual(
      [],
    );
  });
});

test('faultsOfNames finds what other systems refuse or take for one', () => {
  expect(faultsOfNames(['a/b.ts', 'a/c=1,2-d.json', 'console.ts', '.github/x.yml'])).toEqual([]);
  for (const path of ['a:b', 'a/b?.ts', 'a./b', 'b ', 'x/nul.txt', 'Con/a', 'COM1', 'a\\b']) {
    expect(faultsOfNames([path]), path).not.toEqual([]);
  }
  expect(faultsOfNames(['src/A.ts', 'src/a.ts', 'Doc/x', 'doc/y', 'e\u0301', '\u00e9'])).toEqual([
    'src/A.ts and src/a.ts: expected names that differ not only in case',
    'Doc and doc: expected names that differ not only in case',
    'e\u0301 and \u00e9: expected names that differ not only in case',
  ]);
  expect(faultsOfNames(['x'.repeat(151)])).toHaveLength(1);
});

const manifests = files.filter((file) => basename(file) === 'package.json');
describe.each(manifests)('%s', (file) => {
  const { scripts = {} } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
    scripts?: Record<string, string>;
  };
  test('has scripts that run in every shell', () => {
    for (const [name, script] of Object.entries(scripts)) {
      expect(faultsOfScript(script), name).toEqual([]);
    }
  });
});

test('faultsOfScript finds what the command prompt does not know', () => {
  expect(faultsOfScript('npm run -s kernels && node --import tsx --conditions=@a/b c.ts')).toEqual(
    [],
  );
  for (const script of [
    "echo 'a'",
    'A=1 node a',
    'rm -r dist && tsc',
    'node a; node b',
    'node a & node b',
    'node a > b',
    'tsx a.ts',
    'npm run a && tsx b.ts',
  ]) {
    expect(faultsOfScript(script), script).toHaveLength(1);
  }
});

test('the lock has the binaries of every system, so that npm ci finds its own', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const locked = new Set(
    Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')),
  );
  const optional = Object.values(packages).flatMap((each) =>
    Object.keys(each.optionalDependencies ?? {}),
  );
  for (const system of ['win32', 'darwin', 'linux']) {
    expect(optional.filter((name) => name.includes(system)).length).toBeGreaterThan(5);
  }
  expect(optional.filter((name) => !locked.has(name))).toEqual([]);
});

describe('eslint', async () => {
  const eslint = new ESLint({ cwd: root });
  const messages = async (code: string, file = 'tools/example.ts'): Promise<string[]> => {
    const [result] = await eslint.lintText(code, { filePath: join(root, file) });
    return result!.messages
      .filter(({ ruleId }) => /^no-restricted-(syntax|imports)$/.test(ruleId ?? ''))
      .map(({ message }) => message);
  };

  test.each([
    ['const a = new URL("a", import.meta.url).pathname;', 'fileURLToPath'],
    ['const { pathname } = new URL("a", import.meta.url);', 'fileURLToPath'],
    ['await import(join(folder, "a.js"));', 'pathToFileURL'],
    ['await import(fileURLToPath(url));', 'import the URL'],
    ['spawn("npm", ["ci"]);', 'npmCommand or toolCommand'],
    ['execFileSync("npx", args, { cwd });', 'npmCommand or toolCommand'],
    ['execSync("nx run-many -t build");', 'npmCommand or toolCommand'],
    ['spawn(program, args, { shell: true });', 'start the program'],
    ['const home = process.env.HOME;', 'homedir()'],
    ['const home = process.env["HOME"];', 'homedir()'],
  ])('refuses %s', async (code, advice) => {
    const found = await messages(code);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(advice);
    expect(await messages(code, 'tools/vitest.config.ts')).toHaveLength(1);
  });

  test('wants temporary folders of tests from one place', async () => {
    const code = "import { tmpdir } from 'node:os';";
    expect(await messages(code, 'packages/lasso/test/a.test.ts')).toHaveLength(1);
    expect(await messages(code, 'packages/lasso/test/support/a.ts')).toHaveLength(1);
    expect(await messages(code)).toEqual([]);
  });

  test('lets through what is meant well', async () => {
    const code = `const { pathname } = new URL(request.url, 'http://localhost');
      const b = await import(new URL('b.js', import.meta.url).href);
      const c = await import(pathToFileURL(join(folder, 'c.js')).href);
      const [program, ...args] = npmCommand('npm', 'ci');
      spawn(program, args, { cwd: homedir() });
      spawnSync('git', ['status']);`;
    expect(await messages(code)).toEqual([]);
  });
});
