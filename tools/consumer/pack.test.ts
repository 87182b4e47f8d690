import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from '@secateur/testing/folders';
import { expect, test } from 'vitest';
import { publicPackages } from './pack.ts';

test('publicPackages passes over what is no package, and what is private', () => {
  const root = testFolder();
  const put = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put('packages/.DS_Store', '');
  put('packages/left-behind/dist/index.js', '');
  put('packages/inner/package.json', '{ "name": "inner", "private": true }');
  put('packages/outer/package.json', '{ "name": "outer", "version": "1.0.0" }');
  expect(publicPackages(root)).toEqual([
    {
      directory: join(root, 'packages', 'outer'),
      manifest: { name: 'outer', version: '1.0.0' },
    },
  ]);
});
