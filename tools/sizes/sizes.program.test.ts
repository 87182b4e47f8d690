import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetFor, complaints, readBudgets } from './budgets.ts';
import { bundle } from './bundle.ts';
import { measure, PAGE, SIZES } from './measure.ts';

describe('bundle', () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder();
    put('node_modules/ours/package.json', '{ "name": "ours", "exports": "./index.js" }');
    // Base64 of random bytes: gzip can take it back to them, and no further.
    const noise = randomBytes(3000).toString('base64');
    put(
      'node_modules/ours/index.js',
      `export const noise = '${noise}'; export const small = 1; /* ${noise} */`,
    );
  });
  afterAll(() => {
    removeFolder(folder);
  });
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  it('counts what is bundled, minified and gzipped', async () => {
    const { bytes, parts } = await bundle(`export * from 'ours';`, [], folder);
    expect(bytes).toBeGreaterThan(3000);
    expect(bytes).toBeLessThan(3200);
    expect(parts[0]![0]).toBe('node_modules/ours/index.js');
    expect(parts[0]![1]).toBeGreaterThan(4000);
  });

  it('counts neither what the code does not use nor what is external', async () => {
    const unused = await bundle(`export { small } from 'ours';`, [], folder);
    expect(unused.bytes).toBeLessThan(100);
    const code = `export * from 'ours'; import fs from 'node:fs'; import path from 'path';
      import { add } from '@tensorflow/tfjs-core'; import 'theirs/part'; add(fs, path);`;
    expect((await bundle(code, ['ours', 'theirs'], folder)).bytes).toBeLessThan(200);
  });

  it('refuses what it cannot resolve, and what esbuild warns of', async () => {
    await expect(bundle(`import 'nothing';`, [], folder)).rejects.toThrow(/resolve "nothing"/);
    put('node_modules/pure/package.json', '{ "exports": "./index.js", "sideEffects": false }');
    put('node_modules/pure/index.js', 'globalThis.started = true;');
    await expect(bundle(`import 'pure';`, [], folder)).rejects.toThrow(
      /expected no warning of esbuild, found "Ignoring this import/,
    );
  });
});

describe('budgets', () => {
  const of = (bytes: number): { bytes: number; parts: [string, number][] } => ({
    bytes,
    parts: [['dist/large.js', 2 * bytes]],
  });

  it('gives 5 % and up to the next half of a kB', () => {
    expect([1, 476, 477, 10_000, 43_726].map((bytes) => budgetFor(of(bytes)))).toEqual([
      0.5, 0.5, 1, 10.5, 46,
    ]);
  });

  it('says what was expected, what was found and what to do', () => {
    const bundles = new Map([
      ['@x/fits', of(2000)],
      ['@x/grew', of(2001)],
      ['@x/new', of(1)],
    ]);
    expect(complaints(bundles, { '@x/fits': 2, '@x/grew': 2, '@x/gone': 1 })).toEqual([
      "@x/grew: expected at most 2 kB, found 2.00 kB, minified and gzipped (largest, in bytes before gzip: dist/large.js 4002); make it smaller, or, where what it does now is worth it, run npm run sizes -- --budget '@x/grew' and say why in the commit.",
      '@x/new: expected a budget, found none; run npm run sizes.',
      '@x/gone: expected it to be bundled, found only its budget; run npm run sizes.',
    ]);
  });
});

describe('what is built', async () => {
  const bundles = await measure();

  it('fits into its budgets', () => {
    expect(complaints(bundles, readBudgets())).toEqual([]);
  });

  it('has a row each in docs/reference/sizes.md', () => {
    const page = readFileSync(SIZES, 'utf8').replaceAll('`', '');
    expect([...bundles.keys()].filter((name) => !page.includes(`| ${name} `))).toEqual([]);
  });

  it('has one package of ours in an entry point, all that the page needs in the page, and no sources', () => {
    const packagesIn = (name: string): Set<string> =>
      new Set(
        bundles.get(name)!.parts.flatMap(([path]) => /^packages\/[^/]+/.exec(path)?.[0] ?? []),
      );
    expect([...packagesIn('@secateur/lasso')]).toEqual(['packages/lasso']);
    expect([...packagesIn(PAGE)].toSorted()).toEqual(
      [
        ...['backend', 'backend-wasm', 'groups', 'input', 'kernels', 'lasso', 'optimizer-state'],
        'pruner',
      ].map((name) => `packages/${name}`),
    );
    expect([...bundles.values()].flatMap(({ parts }) => parts.map(([path]) => path))).toSatisfy(
      (paths: string[]) => paths.every((path) => !path.includes('/src/')),
    );
  });
});
