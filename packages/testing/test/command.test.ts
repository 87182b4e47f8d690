import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, posix, win32 } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../src/folders.ts';
import {
  loadedSourceCommand,
  npmCommand,
  npmFolder,
  sourceCommand,
  toolCommand,
  type Command,
} from '../src/command.ts';

const printed = ([program, ...args]: Command): string =>
  spawnSync(program, args, { encoding: 'utf8' }).stdout.trim();

describe('toolCommand', () => {
  test('starts a tool without a shell, and hands on what a shell would read otherwise', () => {
    expect(printed(toolCommand('vitest', '--version'))).toMatch(/^vitest\/\d+\.\d+\.\d+ /);
    const [program, file, ...args] = toolCommand('nx', 'a b', '"c"', '%PATH%', '^&|');
    expect(program).toBe(process.execPath);
    expect(file).toMatch(/nx\.js$/);
    expect(args).toEqual(['a b', '"c"', '%PATH%', '^&|']);
  });
  test('names what is missing', () => {
    expect(() => toolCommand('@secateur/nothing')).toThrow(
      'toolCommand: expected the package @secateur/nothing to be installed, found none; run npm ci.',
    );
    expect(() => toolCommand('fast-check')).toThrow(
      'toolCommand: expected a program fast-check in the package of that name, found none.',
    );
  });
});

describe('npmCommand', () => {
  test('starts npm and npx', () => {
    const version = printed(npmCommand('npm', '--version'));
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(printed(npmCommand('npx', '--version'))).toBe(version);
  });
});

describe('npmFolder', () => {
  const windows = {
    started: undefined,
    execPath: 'C:\\Program Files\\nodejs\\node.exe',
    platform: 'win32',
    path: win32,
  } as const;
  const shipped = 'C:\\Program Files\\nodejs\\node_modules\\npm\\bin';
  const only =
    (...folders: string[]) =>
    (file: string): boolean =>
      folders.some((folder) => file === `${folder}\\npm-cli.js` || file === `${folder}/npm-cli.js`);

  test('is beside node.exe on Windows', () => {
    expect(npmFolder({ ...windows, exists: only(shipped) })).toBe(shipped);
  });
  test('is that of the npm which runs, where a newer one was installed', () => {
    const newer = 'C:\\Users\\me\\AppData\\Roaming\\npm\\node_modules\\npm\\bin';
    const places = { ...windows, exists: only(newer, shipped) };
    expect(npmFolder({ ...places, started: `${newer}\\npx-cli.js` })).toBe(newer);
    // Another package manager says its own script there.
    expect(npmFolder({ ...places, started: 'C:\\yarn\\bin\\yarn.js' })).toBe(shipped);
  });
  test('is under lib elsewhere', () => {
    const places = { ...windows, execPath: '/opt/node/bin/node', path: posix };
    const folder = '/opt/node/lib/node_modules/npm/bin';
    expect(npmFolder({ ...places, platform: 'darwin', exists: only(folder) })).toBe(folder);
  });
  test('says where it looked', () => {
    expect(() => npmFolder({ ...windows, exists: () => false })).toThrow(
      `npmFolder: expected npm-cli.js in ${shipped}, found none; start this by npm, as in npm test.`,
    );
  });
});

describe.each([
  ['sourceCommand', sourceCommand],
  ['loadedSourceCommand', loadedSourceCommand],
] as const)('%s', (_, command) => {
  test('runs TypeScript on the sources of the packages', () => {
    const script = join(import.meta.dirname, 'fixtures', 'prints-arguments.ts');
    const out = printed(command(script, 'a b', 'ü "c"'));
    expect(JSON.parse(out)).toEqual(['a b', 'ü "c"']);
    const source = join(import.meta.dirname, 'fixtures', 'prints-source.ts');
    expect(printed(command(source))).toMatch(/groups[\\/]src[\\/]/);
  });
  test('runs what the sources are now, and they know where they are', () => {
    const folder = testFolder();
    const [script, other] = [join(folder, 'a b.ts'), join(folder, 'other.ts')];
    // As text: the console paints other values where FORCE_COLOR says so.
    const said = '`${x} ${process.argv[1] === import.meta.filename}`';
    writeFileSync(
      script,
      `#!/usr/bin/env node\nimport { x } from './other.ts';\nconsole.log(${said});`,
    );
    writeFileSync(other, 'export const x: string = import.meta.url;');
    expect(printed(command(script))).toBe(`${pathToFileURL(other).href} true`);
    writeFileSync(other, 'export const x: number = 7;');
    expect(printed(command(script))).toBe('7 true');
  });
  test('starts others as it was started', () => {
    const script = join(testFolder(), 'a.ts');
    writeFileSync(
      script,
      `import { execFileSync } from 'node:child_process';
      const [program, ...args]: string[] = process.argv;
      if (args.length === 1) process.stdout.write(execFileSync(program!, [...process.execArgv, ...args, 'again']));
      else console.log(...args.slice(1));`,
    );
    expect(printed(command(script))).toBe('again');
  });
});
