import type * as nodeModule from 'node:module';
import { nodeBuiltin, nodeProcess } from '@secateur/backend/kernels';

/**
 * Finds the folder of TensorFlow.js's WASM binaries when running in Node, ending in a separator; undefined in a browser,
 * and when the package cannot be found from here, where TensorFlow.js's own guess is as good as any.
 */
export function binaryFolder(): string | undefined {
  const builtin = nodeBuiltin<typeof nodeModule>('node:module');
  if (builtin === undefined) return undefined;
  // A bundle may lie where the package cannot be resolved from; the working directory is the next best place.
  for (const from of [import.meta.url, `${nodeProcess()!.cwd()}/package.json`]) {
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
