import { describe, expect, test } from 'vitest';
import { faultsOfFiles, faultsOfInstallation, packagesNotLinked, type Lock } from './installed.ts';

const files = ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'src/index.ts'];

describe('faultsOfFiles', () => {
  test('finds nothing in a whole package, also where a word only sounds like a test', () => {
    const alike = ['src/testing/latest.ts', 'dist/attest.js', 'src/test-backends.ts'];
    expect(faultsOfFiles([...files, ...alike])).toEqual([]);
  });
  test('names what is missing', () => {
    expect(faultsOfFiles(['package.json', 'dist-ts/index.js', 'dist/LICENSE'])).toEqual([
      'expected LICENSE, found none',
      'expected README.md, found none',
    ]);
    expect(faultsOfFiles(files.filter((file) => file !== 'dist/index.js'))).toEqual([
      'expected dist, found none',
    ]);
  });
  test.each(['test/a.ts', 'src/tests/a.ts', 'src/a.test.ts', 'dist/a.spec.mjs'])(
    'refuses %s',
    (file) => {
      expect(faultsOfFiles([...files, file])).toEqual([`expected no tests, found ${file}`]);
    },
  );
});

const address = 'http://127.0.0.1:4873/';
const from = (name: string, version: string): Lock['packages'][string] => ({
  version,
  resolved: `${address}${name}/-/${name}-${version}.tgz`,
});
const releases = [
  { name: '@secateur/groups', version: '0.2.0' },
  { name: 'secateur', version: '0.2.0' },
];
const good: Lock['packages'] = {
  '': {},
  'node_modules/@secateur/groups': from('@secateur/groups', '0.2.0'),
  'node_modules/secateur': from('secateur', '0.2.0'),
  'node_modules/other': from('other', '3.0.0'),
  'node_modules/other/node_modules/inner': { version: '1.0.0', inBundle: true },
};

describe('faultsOfInstallation', () => {
  test('finds nothing where each release came once, from the registry', () => {
    expect(faultsOfInstallation({ packages: good }, address, releases)).toEqual([]);
  });
  test('names a package that came from elsewhere', () => {
    const resolved = 'https://registry.example.org/other/-/other-3.0.0.tgz';
    const packages = { ...good, 'node_modules/other': { version: '3.0.0', resolved } };
    expect(faultsOfInstallation({ packages }, address, releases)).toEqual([
      `expected node_modules/other from ${address}, found ${resolved}`,
    ]);
  });
  test('names a release that is missing, of another version, or there twice', () => {
    const without = Object.entries(good).filter(([path]) => path !== 'node_modules/secateur');
    expect(
      faultsOfInstallation({ packages: Object.fromEntries(without) }, address, releases),
    ).toEqual(['expected one secateur 0.2.0, found none']);
    const older = { ...good, 'node_modules/secateur': from('secateur', '0.1.0') };
    expect(faultsOfInstallation({ packages: older }, address, releases)).toEqual([
      'expected one secateur 0.2.0, found 0.1.0 at node_modules/secateur',
    ]);
    const path = 'node_modules/secateur/node_modules/@secateur/groups';
    const twice = { ...good, [path]: from('@secateur/groups', '0.1.0') };
    expect(faultsOfInstallation({ packages: twice }, address, releases)).toEqual([
      `expected one @secateur/groups 0.2.0, found 0.2.0 at node_modules/@secateur/groups and 0.1.0 at ${path}`,
    ]);
  });
});

describe('packagesNotLinked', () => {
  const names = ['@secateur/groups', 'secateur'];
  test('is empty where the workspace uses its own packages', () => {
    const packages = {
      '': { name: 'secateur' },
      'packages/groups': { name: '@secateur/groups', version: '0.2.0' },
      'node_modules/@secateur/groups': { resolved: 'packages/groups', link: true },
      'node_modules/other': { version: '3.0.0' },
    };
    expect(packagesNotLinked({ packages }, names)).toEqual([]);
  });
  test('names a package that npm took from a registry', () => {
    const packages = {
      'node_modules/@secateur/groups': { resolved: 'packages/groups', link: true },
      'packages/cells/node_modules/@secateur/groups': { version: '0.1.0' },
    };
    expect(packagesNotLinked({ packages }, names)).toEqual([
      'packages/cells/node_modules/@secateur/groups 0.1.0',
    ]);
  });
});
