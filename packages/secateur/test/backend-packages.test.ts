import { describe, expect, test } from 'vitest';
import { findBackendPackages } from '../src/backend-packages.ts';
import { CommandError } from '../src/command-error.ts';
import { version } from '../src/version.ts';
import { project, type Installed } from './support/project.ts';

const [major, minor] = version.split('.').map(Number) as [number, number];
const ours: Installed = { manifest: { version: `${major}.${minor}.7` } };
const next = `${major}.${minor + 1}.3`;
const newer: Installed = { manifest: { version: next } };
const core = '@tensorflow/tfjs-core';

const message = (folder: string): string => {
  try {
    findBackendPackages(folder);
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    return (error as Error).message;
  }
  return 'found them';
};

describe('findBackendPackages', () => {
  test('finds what is installed, @secateur/backend first', () => {
    const folder = project({ '@secateur/backend-wasm': ours, '@secateur/backend': ours });
    const found = findBackendPackages(folder).map((one) => [one.name, one.version]);
    expect(found).toEqual([
      ['@secateur/backend', ours.manifest['version']],
      ['@secateur/backend-wasm', ours.manifest['version']],
    ]);
  });
  test('without @secateur/backend it says how to install it', () => {
    const folder = project({ '@secateur/backend-wasm': ours });
    expect(message(folder)).toBe(
      `expected the package @secateur/backend, found none in this folder; npm install @secateur/backend@${version}.`,
    );
  });
  test('names all missing peers in one command, and no optional one', () => {
    const manifest = {
      ...ours.manifest,
      peerDependencies: { [core]: '4.22.0', here: '1.0.0', absent: '^2.0.0', optional: '*' },
      peerDependenciesMeta: { optional: { optional: true } },
    };
    const here: Installed = { manifest: { version: '1.0.0' } };
    expect(message(project({ '@secateur/backend': { manifest }, here }))).toBe(
      `expected the packages ${core}, absent, found none; npm install ${core}@4.22.0 absent@^2.0.0.`,
    );
    const absent = here;
    expect(message(project({ '@secateur/backend': { manifest }, here, absent }))).toBe(
      `expected the package ${core}, found none; npm install ${core}@4.22.0.`,
    );
  });
  test('packages of another minor version need another program, or this one other packages', () => {
    const folder = project({ '@secateur/backend': newer, '@secateur/backend-wasm': newer });
    expect(message(folder)).toBe(
      `expected packages of version ${major}.${minor} like this program, as they are released together, ` +
        `found @secateur/backend ${next}, @secateur/backend-wasm ${next}; run npx secateur@${next} instead, ` +
        `or npm install @secateur/backend@${version} @secateur/backend-wasm@${version}.`,
    );
  });
  test('packages that differ among themselves go with no program', () => {
    const folder = project({ '@secateur/backend': ours, '@secateur/backend-wasm': newer });
    expect(message(folder)).toBe(
      `expected packages of version ${major}.${minor} like this program, as they are released together, ` +
        `found @secateur/backend-wasm ${next}; npm install @secateur/backend-wasm@${version}.`,
    );
  });
});
