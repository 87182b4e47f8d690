import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { extractExamples, instrument } from '@secateur/testing';
import { npmCommand } from '@secateur/testing/command';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isProgram, pack, packages, run } from './pack.ts';
import { root } from '../root.ts';

let project: string;
/** Package name to the path of its tarball. */
const tarballs = new Map<string, string>();

beforeAll(() => {
  project = temporaryFolder();
  for (const { directory, manifest } of packages) {
    tarballs.set(manifest.name, pack(directory, manifest.name, project));
  }
  const peers = Object.assign(
    {},
    ...packages.map(({ manifest }) => manifest.peerDependencies ?? {}),
  ) as Record<string, string>;
  // Optional ones bring binaries by install scripts that need more than the npm registry.
  const optional = (name: string): boolean =>
    packages.some(({ manifest }) => manifest.peerDependenciesMeta?.[name]?.optional === true);
  const installed = Object.entries(peers).filter(
    ([name]) => !name.startsWith('@secateur/') && !optional(name),
  );
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  run(
    npmCommand(
      'npm',
      ...['install', '--no-audit', '--no-fund', ...tarballs.values()],
      ...installed.map(([name, range]) => `${name}@${range}`),
    ),
    project,
  );
  copyFileSync(join(import.meta.dirname, 'uses-every-package.mjs'), join(project, 'index.mjs'));
});

afterAll(() => {
  removeFolder(project);
});

test('the packed packages work together in plain Node, from an empty folder', () => {
  expect(run([process.execPath, 'index.mjs'], project)).toMatch(/^pruned on wasm/m);
});

test.each(['cpu', 'wasm'])('a cell of a user trains and is pruned on %s', async (backend) => {
  const page = readFileSync(join(root, 'docs/adding-a-cell.md'), 'utf8');
  const [example] = extractExamples(page);
  const check =
    'const check = (value, text) => { if (`${value}` !== text) throw Error(`${value} is not ${text}`); };';
  const program = `${check}\n${instrument(example!, 'check')}`;
  const there = program.replace("useBackend('wasm')", `useBackend('${backend}')`);
  expect(there).toContain(`useBackend('${backend}')`);
  const { code } = await transform(there, { loader: 'ts', format: 'esm' });
  writeFileSync(join(project, 'own-cell.mjs'), code);
  run([process.execPath, 'own-cell.mjs'], project);
});

test.each(packages.map(({ manifest }) => [manifest.name, manifest] as const))(
  '%s: publint and arethetypeswrong find nothing in the tarball',
  async (name, manifest) => {
    const bytes = Uint8Array.from(readFileSync(tarballs.get(name)!));
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes.buffer } });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);

    // What cannot be imported has no types that could be wrong.
    if (isProgram(manifest)) return;
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

test('every published program is installed from its tarball and starts', () => {
  const programs = packages.filter(({ manifest }) => isProgram(manifest));
  expect(programs.map(({ manifest }) => manifest.name)).toEqual(['secateur']);
  for (const { manifest } of programs) {
    for (const name of Object.keys(manifest.bin!)) {
      const printed = run(npmCommand('npx', '--no-install', name, '--version'), project).trim();
      expect(printed, name).toBe(manifest.version);
    }
  }
});

test('every other published package is installed from its tarball and can be imported', () => {
  for (const { manifest } of packages.filter((one) => !isProgram(one.manifest))) {
    const names = run(
      [
        process.execPath,
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
    await Promise.all(['input', 'kernels', 'groups', 'safetensors', 'optimizer-state', 'cells', 'lasso', 'pruner', 'training'].map((name) => import('@secateur/' + name)));
    console.log(getKernelsForBackend('cpu').length + getKernelsForBackend('wasm').length - before);`;
  expect(run([process.execPath, '--input-type=module', '-e', script], project).trim()).toBe('0');
});
