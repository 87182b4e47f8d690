import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Joins the sources of a program, its own and those of the packages, into `program.mjs` of a folder. Dependencies stay where they are installed. Gives
 * `[path, state]` of each source, with the state that it had before it was read.
 */
export async function joinSources(program, folder, stateOf) {
  const states = new Map();
  const note = (path) => states.set(path, stateOf(path));
  note(import.meta.filename);
  await build({
    ...{ entryPoints: [{ in: program, out: 'program' }], outdir: folder },
    ...{ outExtension: { '.js': '.mjs' }, sourcemap: true },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20.19' },
    // Every module runs, as it does in Node: what the packages say of side effects is for bundlers.
    ...{ conditions: ['@secateur/source'], ignoreAnnotations: true, logLevel: 'error' },
    define: {
      'import.meta.url': '__url',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
    plugins: [installed, sources(note)],
  });
  return [...states];
}

/** Names dependencies by their paths, since the bundle is in another folder than who imports them. */
const installed = {
  name: 'installed',
  setup(bundle) {
    bundle.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
      const ours = path.startsWith('@secateur/') || from.kind === 'entry-point';
      if (ours || path.startsWith('node:') || pluginData === installed) return undefined;
      const found = await bundle.resolve(path, { ...from, pluginData: installed });
      // What is not installed, as optional packages may be, is for Node to say.
      if (found.errors.length > 0 || found.external) return { path, external: true };
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};

/** Notes each source that is read, and has it know where it is. */
const sources = (note) => ({
  name: 'sources',
  setup(bundle) {
    bundle.onLoad({ filter: /\.(?:[cm]?[jt]s|json)$/ }, ({ path }) => {
      note(path);
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const places = {
        __url: pathToFileURL(path).href,
        __dirname: dirname(path),
        __filename: path,
      };
      const constants = Object.entries(places).map(
        ([name, at]) => `${name} = ${JSON.stringify(at)}`,
      );
      const contents = `const ${constants.join(', ')}; ${text.replace(/^#!.*/, '')}`;
      return { contents, loader: path.endsWith('ts') ? 'ts' : 'js' };
    });
  },
});
