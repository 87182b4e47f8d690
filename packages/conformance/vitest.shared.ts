import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { InlineConfig } from 'vitest/node';
import { documentedKernels } from './runner/documented.ts';
import { viteFolder } from './runner/vite-folder.ts';

const root = join(import.meta.dirname, '../..');

/** What the tests are told: see `ProvidedContext` in src/vitest-context.ts. */
export const provide = {
  documented: documentedKernels(readFileSync(join(root, 'docs/backends.md'), 'utf8')),
  adapter: process.env['SECATEUR_ADAPTER'] ?? '',
  binaries: viteFolder(
    dirname(
      createRequire(import.meta.url).resolve(
        '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
      ),
    ),
  ),
};

/** Where the results of a run go: where the runner says, else where `npm test` adds them up. */
export const reporters = [
  'default',
  ['json', { outputFile: process.env['SECATEUR_RESULTS'] ?? '.test-results.json' }],
] satisfies InlineConfig['reporters'];
