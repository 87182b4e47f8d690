// The programs of the kit as bundles. What starts a program by its path, such as a contender of the bench, finds a line at
// that path which loads the bundle: so the sources need not know that they travel.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import { build, type Loader, type Plugin } from 'esbuild';
import { root } from '../root.ts';

/** What to bundle. */
export interface Programs {
  /** Sources that are started or imported by their path in the repository. */
  readonly paths: readonly string[];
  /** Sources that are imported by the name of a package. */
  readonly packages: Readonly<Record<string, string>>;
  /** What some names stand for in the sources. */
  readonly constants: Readonly<Record<string, unknown>>;
}

/** The file of a source's bundle in the folder `app`. */
const bundleOf = (source: string): string => source.replaceAll('/', '-').replace(/\.\w+$/, '');

/**
 * Bundles programs into the folder `app` of a folder, with what they share in common files, and writes the lines that load them.
 *
 * @throws Error when something is not found.
 */
export async function bundlePrograms(
  { paths, packages, constants }: Programs,
  folder: string,
): Promise<void> {
  const sources = [...paths, ...Object.values(packages)];
  await build({
    entryPoints: sources.map((source) => ({ in: join(root, source), out: bundleOf(source) })),
    outdir: join(folder, 'app'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['@secateur/source'],
    define: Object.fromEntries(
      Object.entries(constants).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
    // What is imported when it is needed must be a module, or esbuild knows no names in it.
    mainFields: ['module', 'main'],
    legalComments: 'linked',
    // TypeScript's paths and conditions are not a bundler's.
    tsconfigRaw: '{}',
    external: ['onnxruntime-node', 'onnxruntime-web', '@tensorflow/tfjs-node*'],
    plugins: [placesOfSources],
    banner: {
      js: [
        "import { createRequire as kitRequire } from 'node:module';",
        'const require = kitRequire(import.meta.url), kitFolder = import.meta.dirname, kitUrl = import.meta.url;',
      ].join(' '),
    },
    absWorkingDir: root,
    logLevel: 'error',
  });
  for (const source of paths) {
    const app = relative(dirname(source), join('app', `${bundleOf(source)}.js`));
    write(join(folder, source), `export * from '${app.split(sep).join('/')}';\n`);
  }
  for (const [name, source] of Object.entries(packages)) {
    const up = '../'.repeat(1 + name.split('/').length);
    write(
      join(folder, 'node_modules', name, 'index.js'),
      `export * from '${up}app/${bundleOf(source)}.js';\n`,
    );
    write(
      join(folder, 'node_modules', name, 'package.json'),
      `${JSON.stringify({ name, type: 'module', exports: './index.js' })}\n`,
    );
  }
}

/** Writes a file, with the folders above it. */
export function write(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Has a source that asks where it lies be told the place that it has in the kit. */
const placesOfSources: Plugin = {
  name: 'places of sources',
  setup(bundler) {
    // The library of vitest names its server, which its runner does not need.
    bundler.onResolve({ filter: /^vite(\/|$)/ }, ({ path }) => ({ path, namespace: 'none' }));
    bundler.onLoad({ filter: /./, namespace: 'none' }, () => ({
      contents: 'module.exports = {};',
    }));
    bundler.onLoad({ filter: /\.(ts|mts|js|mjs|cjs)$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const place = relative(root, path).split(sep).join('/');
      const [folder, file] = [dirname(place), place].map((each) => `(kitFolder + "/../${each}")`);
      const asked = text
        .replace(/\bimport\.meta\.url\b/g, `new URL("../${place}", kitUrl).href`)
        .replace(/\bimport\.meta\.dirname\b/g, folder!)
        .replace(/\bimport\.meta\.filename\b/g, file!);
      const isCommon = !/^\s*(import|export)\b|\bimport\.meta\b/m.test(text);
      const given = isCommon && /\b__(dirname|filename)\b/.test(text);
      if (asked === text && !given) return;
      const contents = given ? `var __dirname = ${folder}, __filename = ${file};${text}` : asked;
      const loader: Loader = extname(path).endsWith('ts') ? 'ts' : 'js';
      return { contents, loader };
    });
  },
};
