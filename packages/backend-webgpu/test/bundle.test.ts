import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { expect, test } from 'vitest';

/** Bundles a program of one line for a browser, TensorFlow.js left out, and returns the code of all chunks. */
async function bundle(program: string): Promise<string> {
  const entry = 'virtual:entry';
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: fileURLToPath(new URL('..', import.meta.url)),
    resolve: { conditions: ['@secateur/source', 'module', 'browser', 'import', 'default'] },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? `\0${entry}` : undefined),
        load: (id) => (id === `\0${entry}` ? program : undefined),
      },
    ],
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: entry, external: [/^@tensorflow\//] },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  return outputs
    .flatMap((output) => ('output' in output ? output.output : []))
    .map((chunk) => ('code' in chunk ? chunk.code : ''))
    .join('\n');
}

test('a bundle for browsers registers the driver, loads the backend late, and has nothing of Node or Dawn', async () => {
  const code = await bundle(`import '@secateur/backend-webgpu';`);
  expect(code).toMatch(/^registerDriver\(/m);
  // TensorFlow.js's backend looks for WebGPU as it loads, and so must not be loaded with the page.
  expect(code).toMatch(/import\(["']@tensorflow\/tfjs-backend-webgpu["']\)/);
  expect(code).not.toMatch(/^import .*["']@tensorflow\/tfjs-backend-webgpu["']/m);
  expect(code).not.toMatch(/(from|import|import\()\s*["'](node:|webgpu["'])/);
});
