// `npx secateur` as a user runs it: from packed installs with ever more beside it, and in this workspace.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand } from '@secateur/testing/command';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pack, packages, run } from './pack.ts';
import { root } from '../root.ts';

interface Report {
  readonly backends: readonly {
    readonly name: string;
    readonly available: boolean;
    readonly reason: string;
    readonly fix?: string;
  }[];
  readonly versions: Readonly<Record<string, string>>;
}

let project: string;
const published = (name: string): (typeof packages)[number] =>
  packages.find(({ manifest }) => manifest.name === name)!;
const { version } = published('secateur').manifest;

function secateur(cwd: string, ...args: string[]): SpawnSyncReturns<string> {
  const [program, ...rest] = npmCommand('npx', '--no-install', 'secateur', ...args);
  return spawnSync(program, rest, { cwd, encoding: 'utf8' });
}

/** These packages and those of ours that they depend on, which no registry has before they are published. */
function withNeeds(names: readonly string[]): string[] {
  const all = new Set(names);
  for (const name of all) {
    const { dependencies = {} } = published(name).manifest;
    for (const each of Object.keys(dependencies)) if (each.startsWith('@secateur/')) all.add(each);
  }
  return [...all];
}

/** Packs packages and installs them, with the peers that npm brings by itself. */
function install(...names: string[]): void {
  const tarballs = withNeeds(names).map((name) => pack(published(name).directory, name, project));
  run(npmCommand('npm', 'install', '--no-audit', '--no-fund', ...tarballs), project);
}

beforeAll(() => {
  project = temporaryFolder();
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  install('secateur');
});
afterAll(() => {
  removeFolder(project);
});

describe('with nothing but secateur', () => {
  test('it starts without TensorFlow.js', () => {
    expect(existsSync(join(project, 'node_modules/@tensorflow'))).toBe(false);
    expect(secateur(project, '--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
    const { status, stdout, stderr } = secateur(project, 'doctor', '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: secateur doctor /);
  });
  test('the doctor names what it needs, with the command', () => {
    const { status, stdout, stderr } = secateur(project, 'doctor');
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: `secateur doctor: expected the package @secateur/backend, found none in this folder; npm install @secateur/backend@${version}.\n`,
    });
  });
  test('it prunes a file of PyTorch', () => {
    const words = join(root, 'packages/secateur/test/fixtures/words.safetensors');
    const { status, stdout, stderr } = secateur(project, 'prune', words, '-o', 'small.safetensors');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^largest difference +0 in 480 values/m);
    expect(secateur(project, 'verify', words, 'small.safetensors')).toMatchObject({ status: 0 });
  });
  test('what it does not know is refused', () => {
    expect(secateur(project, 'docter')).toMatchObject({ status: 2, stdout: '' });
    expect(secateur(project, 'doctor', '--nope')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('with @secateur/backend beside it', () => {
  beforeAll(() => {
    install('@secateur/backend');
  });
  test('every backend has its state, its reason and the command that brings it', () => {
    const { status, stdout, stderr } = secateur(project, 'doctor', '--json');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { backends, versions } = JSON.parse(stdout) as Report;
    expect(backends.map(({ name, available }) => [name, available])).toEqual([
      ['webgpu', false],
      ['node-gpu', false],
      ['node', false],
      ['wasm', false],
      ['cpu', true],
    ]);
    for (const { available, name, reason, fix } of backends) {
      expect(reason, name).not.toBe('');
      if (!available)
        expect(fix, name).toMatch(/^npm install @secateur\/backend-\w+ @tensorflow\//);
    }
    expect(versions).toMatchObject({ secateur: version, '@secateur/backend': version });
  });
  test('the text names the same and ends with what auto would try', () => {
    const { status, stdout } = secateur(project, 'doctor');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^wasm +missing +@secateur\/backend-wasm is not installed$/m);
    expect(stdout).toMatch(
      /^ +fix: npm install @secateur\/backend-wasm @tensorflow\/tfjs-backend-wasm@4\.22\.0$/m,
    );
    expect(stdout.trim()).toMatch(/useBackend\('auto'\) tries cpu first\.$/);
  });
  test('a missing peer is named, with the command', () => {
    rmSync(join(project, 'node_modules/@tensorflow/tfjs-layers'), { recursive: true });
    const { status, stderr } = secateur(project, 'doctor');
    expect(status).toBe(1);
    expect(stderr.trim()).toBe(
      'secateur doctor: expected the package @tensorflow/tfjs-layers, found none; npm install @tensorflow/tfjs-layers@4.22.0.',
    );
  });
});

describe('in this workspace', () => {
  test('it finds the packages here', () => {
    const { status, stdout } = secateur(root, 'doctor', '--json');
    expect(status).toBe(0);
    const { backends } = JSON.parse(stdout) as Report;
    const state = Object.fromEntries(backends.map(({ name, available }) => [name, available]));
    expect(state).toMatchObject({ wasm: true, cpu: true });
  });
});
