// The short form of `npm run torture`: every part of it, on a few cases.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '@secateur/testing';
import { removeFolder } from '@secateur/testing/temporary';
import { testFolder } from '@secateur/testing/folders';
import { describe, expect, test } from 'vitest';
import { foldSeed } from '@secateur/cells';
import { randomOf } from '@secateur/testing/damage';
import { changeJson, valuesOf } from './mutations/json.ts';
import { buildInterception, intercepted } from './system/intercept.ts';

describe('npm run torture', () => {
  test('finds no fault in its short form', async () => {
    const cases = ['--mutations', '108', '--kills', '1', '--failures', '1', '--races', '10'];
    const { code, stdout, stderr } = await runCli(join(import.meta.dirname, 'cli.ts'), cases);
    const found = stdout.match(/^fault: .*$/gm) ?? [];
    if (found.length > 0) console.error(stderr);
    // Of a test that passes on a later try, CI shows the first line of the error, so it has to name the fault.
    expect(found).toEqual([]);
    expect(stdout, stderr).toMatch(/\d+ cases, 0 faults\n$/);
    expect(code).toBe(0);
  });

  test('sees what a program opens outside of the folder whose files it reads', (context) => {
    const folder = testFolder();
    const log = join(folder, 'log');
    if (!buildInterception(folder, (line) => void context.annotate(line))) context.skip();
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'file'), name);
    }
    const opened = (...files: string[]): string[] => {
      const paths = JSON.stringify(files.map((file) => `${folder}/${file}`));
      const script = `for (const file of ${paths}) try { fs.readFileSync(file) } catch {}`;
      const env = { ...process.env, ...intercepted(folder, { log }) };
      execFileSync(process.execPath, ['-e', script], { env });
      const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
      removeFolder(log);
      return lines.map((line) => line.replace(`${folder}/`, ''));
    };
    expect(opened('two/file', 'one/file')).toEqual([]);
    expect(opened('two/file', 'one/.begin', 'one/file', 'two/file')).toEqual(['two/file']);
    expect(opened('one/.begin', 'two/.begin', 'one/file', 'two/file')).toEqual(['one/file']);
    expect(opened('one/.begin', 'one/../two/file')).toEqual(['one/../two/file']);
  });

  test('finds every value of a JSON text', () => {
    const text = '{"a": [1, "x\\"]"], "b": {}}';
    const found = valuesOf(text).map(({ from, to }) => text.slice(from, to));
    expect(found).toEqual(['1', '"x\\"]"', '[1, "x\\"]"]', '{}', text]);
    expect(() => valuesOf('{"a": [1}')).toThrow(SyntaxError);
    expect(() => valuesOf('["a')).toThrow(SyntaxError);
  });

  test('changes a JSON text by what its seed says', () => {
    const text = '{"a": [1, 2], "b": {"c": null}}';
    const changed = (seed: number): string => changeJson(text, randomOf(foldSeed(seed, 'torture')));
    expect(changed(3)).toBe(changed(3));
    const different = new Set(Array.from({ length: 200 }, (_, seed) => changed(seed)));
    expect(different.size).toBeGreaterThan(50);
  });
});
