import { join } from 'node:path';
import { preact } from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';
import { speeches } from './src/tasks/speeches.ts';

/** Puts the speeches into the bundle, so that the page needs no service and no package for them. */
const speechesPlugin: Plugin = {
  name: 'speeches',
  resolveId: (id) => (id === 'virtual:speeches' ? `\0${id}` : null),
  load: (id) =>
    id === '\0virtual:speeches' ? `export const text = ${JSON.stringify(speeches())};` : null,
};

const page = (name: string): string => join(import.meta.dirname, name);

export default defineConfig({
  root: import.meta.dirname,
  // The site serves the pages from a folder of its own.
  base: './',
  plugins: [preact(), speechesPlugin],
  // The sources of the packages, unbuilt; the test of the page takes them as npm delivers them.
  ...(process.env['SECATEUR_BUILT'] !== '1' && {
    resolve: { conditions: ['@secateur/source', 'module', 'browser', 'import', 'default'] },
  }),
  worker: { format: 'es', plugins: () => [speechesPlugin] },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: { index: page('index.html'), prune: page('prune.html') } },
  },
});
