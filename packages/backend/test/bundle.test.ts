import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { build } from 'vite';

/** Bundles a program of one line for a browser, TensorFlow.js left out, and returns the code. */
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
      rolldownOptions: { input: entry, external: [/^@tensorflow\//, '@secateur/backend-wasm'] },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  return outputs
    .flatMap((output) => ('output' in output ? output.output : []))
    .map((chunk) => ('code' in chunk ? chunk.code : ''))
    .join('\n');
}

describe('a bundle', () => {
  test('keeps the registration of gradients whatever is imported', async () => {
    for (const [name, entry] of [
      ['useBackend', '@secateur/backend'],
      ['sparseSoftmaxCrossEntropy', '@secateur/backend/kernels'],
      ['BackendError', '@secateur/backend'],
    ] as const) {
      const code = await bundle(`import { ${name} } from '${entry}'; console.log(${name});`);
      expect(code, name).toMatch(/import ["']@tensorflow\/tfjs-layers["']/);
    }
  });
  test('leaves out what is not used', async () => {
    const code = await bundle(
      `import { BackendError } from '@secateur/backend'; console.log(BackendError);`,
    );
    expect(code).toContain('BackendError');
    expect(code).not.toContain('useBackend:');
  });
});
