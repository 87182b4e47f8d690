// Whoever owns a name can run code at every user whom a text of ours tells to run or install that name.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packages, run } from './consumer/pack.ts';
import { root } from './root.ts';

/** Tools of other people that texts may run with npx: each is a development dependency of the repository. */
const tools = ['nx', 'prettier', 'tsx', 'vite', 'vitest'];

/** The names of the packages that a text runs with npx or its like, in a shell or as the first of an array or of a call. */
function namesRun(text: string): string[] {
  const shell = text.matchAll(
    /\b(?:npx|bunx|npm exec|pnpm dlx|yarn dlx)\s+(?!\s)((?:\\\n|[^\n`'"|;&()])+)/g,
  );
  const spawned = text.matchAll(/['"](?:npx|bunx)['"],\s*(?:\[([^\]]*)\]|([^)]*)\))/g);
  return [
    ...[...shell].flatMap(([, words]) => runBy(words!.split(/[\s\\]+/))),
    ...[...spawned].flatMap(([, array, rest]) =>
      runBy([...(array ?? rest)!.matchAll(/['"]([^'"]*)['"]/g)].map(([, item]) => item!)),
    ),
  ];
}

/** What npx takes from these words: the packages it is told to get, and else the first word that is no option. */
function runBy(words: readonly string[]): string[] {
  const command = words.findIndex((word, at) => !word.startsWith('-') && !isPackage(words[at - 1]));
  const options = words.slice(0, command === -1 ? words.length : command);
  const named = options.flatMap((word, at) =>
    isPackage(words[at - 1])
      ? [word]
      : word.startsWith('--package=')
        ? [word.slice('--package='.length)]
        : [],
  );
  return (named.length > 0 ? named : words.slice(command, command + 1)).map(withoutVersion);
}

const isPackage = (option: string | undefined): boolean =>
  option === '-p' || option === '--package';

const withoutVersion = (spec: string): string => /^(?:@[^/]+\/)?[^@]*/.exec(spec)![0];

/** The names of ours in the commands of a text that install packages. */
function namesInstalled(text: string): string[] {
  const commands = text.matchAll(/\bnpm (?:install|i|add)\s+((?:\\\n|[^\n`'"|;&()])+)/g);
  return [...commands].flatMap(([, words]) =>
    words!
      .split(/[\s\\]+/)
      .map(withoutVersion)
      .filter((name) => /^(?:@secateur\/|secateur(?:-|$))/.test(name)),
  );
}

const published = new Map(packages.map(({ manifest }) => [manifest.name, manifest]));
const texts = run(['git', 'ls-files', '-z'], root)
  .split('\0')
  .filter((file) => file !== '' && file !== 'package-lock.json')
  .filter((file) => file !== relative(root, import.meta.filename).replaceAll('\\', '/'))
  .map((file) => [file, readFileSync(join(root, file), 'utf8')] as const);

const inTexts = (names: (text: string) => string[]): { file: string; name: string }[] =>
  texts.flatMap(([file, text]) => names(text).map((name) => ({ file, name })));

describe('namesRun', () => {
  test('finds the package behind options, versions and line ends', () => {
    expect(
      namesRun('Use `npx some-doctor` (`npx --yes @a/b@1.2 x`), or npx\nsecateur doctor'),
    ).toEqual(['some-doctor', '@a/b', 'secateur']);
    expect(namesRun('npx -p @a/b --package=c -y d e\npnpm dlx e | npm exec f; bunx g')).toEqual([
      '@a/b',
      'c',
      'e',
      'f',
      'g',
    ]);
  });
  test('finds it where a program starts it', () => {
    expect(namesRun(`spawnSync('npx', ['--no-install', "h", 'i'])`)).toEqual(['h']);
    expect(namesRun(`npmCommand('npx', '--no-install', 'h', ...args)`)).toEqual(['h']);
  });
});

describe('namesInstalled', () => {
  test('finds ours, also on lines that go on', () => {
    const text =
      'npm install @secateur/a secateur@0.1.0 left \\\n  @secateur/b@1 # npm i secateur-c';
    expect(namesInstalled(text)).toEqual(['@secateur/a', 'secateur', '@secateur/b', 'secateur-c']);
  });
});

describe('the texts of this repository', () => {
  test('run only programs that are published under exactly that name, or tools that are installed here', () => {
    const found = inTexts(namesRun);
    expect(found.filter(({ name }) => name === 'secateur').length).toBeGreaterThan(3);
    const wrong = found.filter(
      ({ name }) => !tools.includes(name) && published.get(name)?.bin?.[name] === undefined,
    );
    expect(wrong).toEqual([]);
  });
  test('install only packages of ours that are published', () => {
    const found = inTexts(namesInstalled);
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter(({ name }) => !published.has(name))).toEqual([]);
  });
});

test.each(tools)('%s is a development dependency with a program of that name', (tool) => {
  const read = (path: string): Record<string, Record<string, string> | undefined> =>
    JSON.parse(readFileSync(join(root, path), 'utf8')) as never;
  expect(read('package.json')['devDependencies']).toHaveProperty(tool);
  const { bin } = read(`node_modules/${tool}/package.json`) as { bin: string | object };
  if (typeof bin !== 'string') expect(bin).toHaveProperty(tool);
});
