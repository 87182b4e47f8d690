import {
  copyFileSync,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { madeInOneGo, ToolError } from '@secateur/testing/system';

/** The Node-API version that every Node from 18 on makes tfjs-node look for. */
const NAPI = 'napi-v8';

/** The tfjs-node packages that are installed under `root`. */
export function findPackages(root: string): string[] {
  const installed = ['tfjs-node', 'tfjs-node-gpu']
    .map((name) => join(root, 'node_modules/@tensorflow', name))
    .filter((directory) => existsSync(join(directory, 'package.json')));
  if (installed.length > 0) return installed;
  throw new ToolError(
    `libtensorflow: expected @tensorflow/tfjs-node in ${root}/node_modules, found none; run npm ci first.`,
  );
}

/**
 * Puts library and addon where the package looks for them and tells whether anything had to change: `deps` becomes a link
 * to the library, `lib/napi-v8/tfjs_binding.node` a copy of the addon. A library that the package brought itself stays.
 */
export function install(directory: string, library: string, addon: string): boolean {
  const deps = join(directory, 'deps');
  const binding = join(directory, 'lib', NAPI, 'tfjs_binding.node');
  const isLink = lstatSync(deps, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  if (!isLink && existsSync(join(deps, 'lib')) && existsSync(binding)) return false;

  const linked = isLink && readlinkSync(deps) === library;
  if (!linked) {
    if (!isLink && existsSync(deps)) {
      throw new ToolError(
        `libtensorflow: expected no ${deps} or a link there, found a folder without an addon beside it; remove the folder and run this again.`,
      );
    }
    madeInOneGo(deps, (folder) => {
      const link = join(folder, 'deps');
      symlinkSync(library, link);
      return link;
    });
  }
  const same = existsSync(binding) && readFileSync(binding).equals(readFileSync(addon));
  if (!same) {
    madeInOneGo(binding, (folder) => {
      const copy = join(folder, 'tfjs_binding.node');
      copyFileSync(addon, copy);
      return copy;
    });
  }
  return !linked || !same;
}
