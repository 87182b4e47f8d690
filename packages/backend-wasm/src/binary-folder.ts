import type * as nodeModule from 'node:module';

interface NodeProcess {
  readonly versions?: { readonly node?: string };
  getBuiltinModule?(id: string): unknown;
  cwd(): string;
}

/**
 * Finds the folder of TensorFlow.js's WASM binaries when running in Node, ending in a separator; undefined in a browser,
 * and when the package cannot be found from here, where TensorFlow.js's own guess is as good as any.
 */
export function binaryFolder(): string | undefined {
  const { process } = globalThis as unknown as { process?: NodeProcess };
  if (process?.versions?.node === undefined) return undefined;
  // The builtin is asked of the process, so that a bundle for browsers has no import of a Node module in it.
  const builtin = process.getBuiltinModule?.('node:module') as typeof nodeModule | undefined;
  if (builtin === undefined) return undefined;
  // A bundle may lie where the package cannot be resolved from; the working directory is the next best place.
  for (const from of [import.meta.url, `${process.cwd()}/package.json`]) {
    try {
      const file = '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm';
      return builtin
        .createRequire(from)
        .resolve(file)
        .replace(/[^\\/]*$/, '');
    } catch {
      continue;
    }
  }
  return undefined;
}
