import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly peerDependencies?: Record<string, string>;
}

const root = join(import.meta.dirname, '../..');
const packages = readdirSync(join(root, 'packages')).flatMap((folder) => {
  const directory = join(root, 'packages', folder);
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  return manifest.private === true ? [] : [{ directory, manifest }];
});

const run = (command: string, args: string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'whittle-consumer-'));
  run('npx', ['nx', 'run-many', '-t', 'build'], root);
  const tarballs = packages.map(({ directory }) => {
    const [packed] = JSON.parse(
      run('npm', ['pack', '--json', '--pack-destination', project], directory),
    ) as {
      filename: string;
    }[];
    return `./${packed!.filename}`;
  });
  const peers = Object.assign(
    {},
    ...packages.map(({ manifest }) => manifest.peerDependencies ?? {}),
  ) as Record<string, string>;
  const installed = Object.entries(peers).filter(([name]) => !name.startsWith('@whittle/'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  run(
    'npm',
    [
      'install',
      '--no-audit',
      '--no-fund',
      ...tarballs,
      ...installed.map(([name, range]) => `${name}@${range}`),
    ],
    project,
  );
  copyFileSync(join(import.meta.dirname, 'uses-every-package.mjs'), join(project, 'index.mjs'));
});

afterAll(() => {
  rmSync(project, { recursive: true, force: true });
});

test('the packed packages work together in plain Node, from an empty folder', () => {
  const lines = run(process.execPath, ['index.mjs'], project).trim().split('\n');
  const result = JSON.parse(lines.at(-1)!) as Record<string, unknown>;
  expect(result).toMatchObject({
    backend: 'wasm',
    sizes: { h1: 4 },
    lossFell: true,
    restored: true,
  });
  expect(result['maxAbsDiff']).toBeLessThan(1e-5);
});

test('every published package is installed from its tarball and can be imported', () => {
  for (const { manifest } of packages) {
    const names = run(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `console.log(Object.keys(await import('${manifest.name}')).length)`,
      ],
      project,
    );
    // backend-wasm is imported for its effect; it may export little, but never nothing.
    expect(Number(names), manifest.name).toBeGreaterThan(0);
  }
});

test('the packages stay side-effect free outside the backends', () => {
  const script = `
    import { getKernelsForBackend } from '@tensorflow/tfjs-core';
    const before = getKernelsForBackend('cpu').length + getKernelsForBackend('wasm').length;
    await Promise.all(['groups', 'safetensors', 'cells', 'lasso', 'pruner', 'training'].map((name) => import('@whittle/' + name)));
    console.log(getKernelsForBackend('cpu').length + getKernelsForBackend('wasm').length - before);`;
  expect(run(process.execPath, ['--input-type=module', '-e', script], project).trim()).toBe('0');
});
