import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

const root = join(import.meta.dirname, '../..');
const packages = readdirSync(join(root, 'packages')).flatMap((folder) => {
  const directory = join(root, 'packages', folder);
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  return manifest.private === true ? [] : [{ directory, manifest }];
});

/** The command's stdout; what a failing command printed becomes the error, or nobody could tell why it failed. */
const run = (command: string, args: string[], cwd: string): string => {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(
    `${command} ${args.join(' ')} failed (${error?.message ?? `exit ${String(status)}`}):\n${stdout}\n${stderr}`,
  );
};

let project: string;
/** Package name to the path of its tarball. */
const tarballs = new Map<string, string>();

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'whittle-consumer-'));
  for (const { directory, manifest } of packages) {
    if (!existsSync(join(directory, 'dist'))) {
      throw new Error(
        `${manifest.name} has no dist to pack; run \`npm run build\` first (npm test does).`,
      );
    }
    const [packed] = JSON.parse(
      run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], directory),
    ) as { filename: string }[];
    tarballs.set(manifest.name, join(project, packed!.filename));
  }
  const peers = Object.assign(
    {},
    ...packages.map(({ manifest }) => manifest.peerDependencies ?? {}),
  ) as Record<string, string>;
  // Optional ones bring binaries by install scripts that need more than the npm registry.
  const optional = (name: string): boolean =>
    packages.some(({ manifest }) => manifest.peerDependenciesMeta?.[name]?.optional === true);
  const installed = Object.entries(peers).filter(
    ([name]) => !name.startsWith('@whittle/') && !optional(name),
  );
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  run(
    'npm',
    [
      'install',
      '--no-audit',
      '--no-fund',
      ...tarballs.values(),
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

test.each(packages.map(({ manifest }) => manifest.name))(
  '%s: publint and arethetypeswrong find nothing in the tarball',
  async (name) => {
    const bytes = Uint8Array.from(readFileSync(tarballs.get(name)!));
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes.buffer } });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);

    const analysis = await checkPackage(createPackageFromTarballData(bytes));
    // The packages are ESM only on purpose: what CommonJS and Node 10 resolution would find does not count.
    const counted = (analysis.types === false ? [] : analysis.problems).filter(
      (problem) =>
        !('resolutionKind' in problem) ||
        ['node16-esm', 'bundler'].includes(problem.resolutionKind),
    );
    expect(analysis.types, `${name} has types`).not.toBe(false);
    expect(counted).toEqual([]);
  },
);

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
