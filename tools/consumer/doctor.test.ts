// `npx secateur-doctor` as a user runs it: from a packed install with nothing optional, and in this workspace.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pack, packages, root, run } from './pack.ts';

interface Report {
  readonly backends: readonly {
    readonly name: string;
    readonly available: boolean;
    readonly reason: string;
    readonly fix?: string;
  }[];
}

let project: string;
const { directory, manifest } = packages.find(
  ({ manifest: { name } }) => name === '@secateur/backend',
)!;

const doctor = (cwd: string, ...args: string[]): SpawnSyncReturns<string> =>
  spawnSync('npx', ['--no-install', 'secateur-doctor', ...args], { cwd, encoding: 'utf8' });

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'secateur-doctor-'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const tarball = pack(directory, manifest.name, project);
  // npm brings the peers of @secateur/backend itself: TensorFlow.js's core, layers and cpu backend.
  run('npm', ['install', '--no-audit', '--no-fund', tarball], project);
});
afterAll(() => {
  rmSync(project, { recursive: true, force: true });
});

describe('with nothing but @secateur/backend', () => {
  test('every backend has its state, its reason and the command that brings it', () => {
    const { status, stdout, stderr } = doctor(project, '--json');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { backends } = JSON.parse(stdout) as Report;
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
  });
  test('the text names the same and ends with what auto would try', () => {
    const { status, stdout } = doctor(project);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^wasm +missing +@secateur\/backend-wasm is not installed$/m);
    expect(stdout).toMatch(
      /^ +fix: npm install @secateur\/backend-wasm @tensorflow\/tfjs-backend-wasm@4\.22\.0$/m,
    );
    expect(stdout.trim()).toMatch(/useBackend\('auto'\) tries cpu first\.$/);
  });
  test('--help says what it does, and an unknown option is refused', () => {
    expect(doctor(project, '--help')).toMatchObject({ status: 0, stderr: '' });
    expect(doctor(project, '--nope')).toMatchObject({ status: 2 });
  });
  test('a missing peer is named, with the command', () => {
    rmSync(join(project, 'node_modules/@tensorflow/tfjs-layers'), { recursive: true });
    const { status, stderr } = doctor(project);
    expect(status).toBe(1);
    expect(stderr.trim()).toBe(
      'secateur-doctor: expected the package @tensorflow/tfjs-layers, found none; npm install @tensorflow/tfjs-layers@4.22.0.',
    );
  });
});

describe('in this workspace', () => {
  test('it finds the packages here', () => {
    const { status, stdout } = doctor(root, '--json');
    expect(status).toBe(0);
    const { backends } = JSON.parse(stdout) as Report;
    const state = Object.fromEntries(backends.map(({ name, available }) => [name, available]));
    expect(state).toMatchObject({ wasm: true, cpu: true });
  });
});
