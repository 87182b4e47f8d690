import { builtinModules } from 'node:module';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from '../root.ts';

/** A bundle as a page loads it. */
export interface Bundle {
  /** Its size in bytes, minified and gzipped. */
  readonly bytes: number;
  /** What it is made of, by path: bytes of the minified bundle, the most first. */
  readonly parts: readonly (readonly [path: string, bytes: number])[];
}

/**
 * Bundles a module for browsers. What is `external`, TensorFlow.js and Node's own modules are left out.
 *
 * @throws Error when something is not found, or when esbuild has a warning.
 */
export async function bundle(
  code: string,
  external: readonly string[],
  folder: string = root,
): Promise<Bundle> {
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents: code, resolveDir: folder, loader: 'ts' },
    absWorkingDir: folder,
    external: [...external, '@tensorflow/*', 'node:*', ...builtinModules],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    // No conditions of a tsconfig: users get `dist`, only those who work here the sources.
    tsconfigRaw: '{}',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const [warning] = warnings;
  if (warning !== undefined) {
    throw new Error(`bundle: expected no warning of esbuild, found "${warning.text}".`);
  }
  const { inputs } = Object.values(metafile.outputs)[0]!;
  return {
    bytes: gzipSync(outputFiles[0]!.contents, { level: 9 }).length,
    parts: Object.entries(inputs)
      .map(([path, { bytesInOutput }]) => [path, bytesInOutput] as const)
      .toSorted(([, a], [, b]) => b - a),
  };
}
