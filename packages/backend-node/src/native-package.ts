import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Availability } from '@secateur/backend/kernels';

/** The npm packages that bring native TensorFlow. */
export type NativeName = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

/** A package that is installed. */
export interface NativePackage {
  readonly name: NativeName;
  /** Its folder. */
  readonly directory: string;
  /** Its version. */
  readonly version: string;
}

/** The version whose kernels and internals this package knows. */
const VERSION = '4.22.0';

const require = createRequire(import.meta.url);

/** How a package is installed: its install script downloads TensorFlow, and npm may not run it unless told. */
export const installing = (name: NativeName): string =>
  `npm install ${name}@${VERSION} --ignore-scripts=false`;

/** Finds a package from here or from the working directory; undefined when it is not installed. */
export function findPackage(name: NativeName): NativePackage | undefined {
  for (const from of [require, createRequire(join(process.cwd(), 'package.json'))]) {
    try {
      const manifest = from.resolve(`${name}/package.json`);
      const { version } = from(manifest) as { version: string };
      return { name, directory: dirname(manifest), version };
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Tells, from the files alone, whether a package can be loaded, and what is missing if not. */
export function checkPackage(
  { name, directory, version }: NativePackage,
  platform: NodeJS.Platform = process.platform,
): Availability {
  const missing = (reason: string, fix: string): Availability => ({
    available: false,
    reason,
    fix,
  });
  if (version !== VERSION) {
    return missing(`${name} is ${version}, not ${VERSION}`, installing(name));
  }
  const napi = Math.min(8, Number(process.versions['napi'] ?? 8));
  const addon = join(directory, 'lib', `napi-v${napi}`, 'tfjs_binding.node');
  const rebuild = `npm rebuild ${name} --ignore-scripts=false (it downloads TensorFlow and a prebuilt addon)`;
  if (!existsSync(addon)) {
    return missing(
      `${name} is installed without its addon, as its install script did not run or could not download`,
      `${rebuild}; where that host is blocked, Secateur's repository makes both: npm run libtensorflow`,
    );
  }
  // On Windows the install script puts the library beside the addon, where the system looks for it.
  const library =
    platform === 'win32' ? join(dirname(addon), 'tensorflow.dll') : join(directory, 'deps', 'lib');
  if (!existsSync(library)) {
    return missing(
      `${name} is installed without TensorFlow's library`,
      `${rebuild}; where that host is blocked, Secateur's repository makes both: npm run libtensorflow`,
    );
  }
  return { available: true, reason: `native TensorFlow through ${name}` };
}
