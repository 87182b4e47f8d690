import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { documentedKernels } from '../../packages/conformance/runner/documented.ts';
import { installNode } from '../nodes/install.ts';
import { NODE_VERSIONS } from '../nodes/versions.ts';
import { run, ToolError } from '@secateur/testing/system';
import { bundlePrograms } from './bundle.ts';
import { addContents, dawn } from './contents.ts';
import { compress, compressOnce } from './pack.ts';
import { PARTS } from './parts.ts';
import { root } from '../root.ts';

/** The most bytes of a kit: whatever carries it has a limit too. */
export const MOST_BYTES: number = 60 * 2 ** 20;

/** The newest Node that is tested: it starts programs whose names end as TypeScript's. */
const NODE = NODE_VERSIONS.at(-1)!;

/** Where Debian has the Vulkan loader, which the kit brings for machines that have a driver and no loader. */
const LOADER = '/usr/lib/x86_64-linux-gnu/libvulkan.so.1';

const versionOf = (manifest: string): string =>
  (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;

/** Every program that is started by its path. */
const programs = (): string[] => [
  'apps/language-modeling/src/cli.ts',
  'tools/bench/process/worker.ts',
  ...readdirSync(join(root, 'tools/bench'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /job\.ts$/.test(path) && !/^process|onnx/.test(path))
    .map((path) => `tools/bench/${path}`)
    .sort(),
  ...['run', ...PARTS.map(({ name }) => name)].map((name) => `tools/kit/parts/${name}.ts`),
];

/**
 * Makes a kit in a folder, which is emptied first, and returns its size in bytes.
 *
 * @throws ToolError when something that it is made of is missing, or when it is too large.
 */
export async function makeKit(folder: string, say: (line: string) => void): Promise<number> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new ToolError(
      `kit: expected Linux on x64, whose Node and Dawn it carries, found ${process.platform} on ${process.arch}; make it there.`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const made = mkdtempSync(join(tmpdir(), 'secateur-kit-'));
  try {
    const content = join(made, 'content');
    say('bundles');
    await bundlePrograms(
      {
        paths: programs(),
        packages: {
          '@secateur/backend-wasm': 'packages/backend-wasm/src/index.ts',
          '@secateur/backend-webgpu': 'packages/backend-webgpu/src/index.ts',
        },
        constants: {
          KIT: {
            version: versionOf(join(root, 'packages/secateur/package.json')),
            commit: commit(),
          },
          DOCUMENTED_KERNELS: documentedKernels(
            readFileSync(join(root, 'docs/backends.md'), 'utf8'),
          ),
        },
      },
      content,
    );
    await addContents(content);
    const node = installNode(NODE, say);
    copyFileSync(join(dirname(node), '../LICENSE'), join(content, 'LICENSE.node'));
    say('packing');
    const archive = join(made, 'app.tar');
    run('kit', 'tar', ['-C', content, '--sort=name', '-cf', archive, '.'], 'install GNU tar');
    compress(archive, join(folder, 'app.tar.xz'));
    compressOnce(`node-${NODE}`, node, join(folder, 'node.xz'));
    compressOnce(
      `dawn-${versionOf(join(dawn, '../../../package.json'))}`,
      dawn,
      join(folder, 'dawn.node.xz'),
    );
    copyFileSync(join(import.meta.dirname, 'run.sh'), join(folder, 'run.sh'));
    if (existsSync(LOADER)) {
      mkdirSync(join(folder, 'vulkan'));
      copyFileSync(LOADER, join(folder, 'vulkan/libvulkan.so.1'));
    }
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return checkedSize(folder);
}

/** The commit that the kit is of, as far as the folder knows one. */
function commit(): string {
  try {
    const args = ['-C', root, 'describe', '--always', '--dirty'];
    return execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'no commit';
  }
}

/** Bytes of a folder; throws when they are more than may be. */
function checkedSize(folder: string): number {
  const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => ({ path, stat: statSync(join(folder, path)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ path, stat: { size } }) => ({ path, size }));
  const bytes = sizes.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= MOST_BYTES) return bytes;
  const parts = sizes.map(({ path, size }) => `${path} ${size}`).join(', ');
  throw new ToolError(
    `kit: expected at most ${MOST_BYTES} bytes, found ${bytes} (${parts}); leave something out.`,
  );
}
