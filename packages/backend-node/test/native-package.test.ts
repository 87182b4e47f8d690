import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkPackage, findPackage, type NativeName } from '../src/native-package.ts';

const name = '@tensorflow/tfjs-node';
let directory: string;
beforeEach(() => {
  directory = temporaryFolder();
});
afterEach(() => {
  removeFolder(directory);
});

describe('checkPackage', () => {
  test('names the addon when the install script did not run', () => {
    const state = checkPackage({ name, directory, version: '4.22.0' });
    expect(state.available).toBe(false);
    expect(state.reason).toMatch(/without its addon/);
    expect(state.fix).toMatch(/npm rebuild @tensorflow\/tfjs-node --ignore-scripts=false/);
    expect(state.fix).toMatch(/npm run libtensorflow/);
  });

  test('names the library when only the addon is there', () => {
    mkdirSync(join(directory, 'lib/napi-v8'), { recursive: true });
    writeFileSync(join(directory, 'lib/napi-v8/tfjs_binding.node'), '');
    const actual = { name, directory, version: '4.22.0' } as const;
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(checkPackage(actual, platform).reason).toMatch(/TensorFlow's library/);
    }
    mkdirSync(join(directory, 'deps/lib'), { recursive: true });
    expect(checkPackage(actual, 'linux').available).toBe(true);
    expect(checkPackage(actual, 'darwin').available).toBe(true);
    // There it must lie where the system looks for it.
    expect(checkPackage(actual, 'win32').available).toBe(false);
    writeFileSync(join(directory, 'lib/napi-v8/tensorflow.dll'), '');
    expect(checkPackage(actual, 'win32').available).toBe(true);
  });

  test('takes one version only', () => {
    expect(checkPackage({ name, directory, version: '4.17.0' })).toEqual({
      available: false,
      reason: '@tensorflow/tfjs-node is 4.17.0, not 4.22.0',
      fix: 'npm install @tensorflow/tfjs-node@4.22.0 --ignore-scripts=false',
    });
  });
});

describe('findPackage', () => {
  test('finds both packages of this repository and nothing else', () => {
    expect(findPackage(name)?.version).toBe('4.22.0');
    expect(findPackage('@tensorflow/tfjs-node-gpu')?.version).toBe('4.22.0');
    expect(findPackage('@tensorflow/tfjs-nod' as NativeName)).toBeUndefined();
  });
});
