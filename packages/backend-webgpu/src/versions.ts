import type * as nodeModule from 'node:module';
import { nodeBuiltin } from '@secateur/backend/kernels';

/**
 * Versions of the packages behind the backend as they are installed, by name. Nothing of them in a browser: neither
 * package exports its version.
 */
export function installedVersions(): Record<string, string> {
  const versions: Record<string, string> = {};
  const builtin = nodeBuiltin<typeof nodeModule>('node:module');
  if (builtin === undefined) return versions;
  const require = builtin.createRequire(import.meta.url);
  for (const name of ['@tensorflow/tfjs-backend-webgpu', 'webgpu']) {
    try {
      const { version } = require(`${name}/package.json`) as { version: string };
      versions[name] = version;
    } catch {
      // Not there, or not to be found from a bundle: then there is no version to tell.
    }
  }
  return versions;
}
