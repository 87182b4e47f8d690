import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A package as the programs in a folder see it; a package manager may hide it from this program. */
export interface FolderPackage {
  /** The name it is installed under. */
  readonly name: string;
  /** The folder that holds it, links followed. */
  readonly directory: string;
  /** The version in its package.json. */
  readonly version: string;
  /** The peers that must be there: names and ranges. */
  readonly peers: Readonly<Record<string, string>>;
  /** Imports its main entry, or that of a subpath such as `/node`; rejects when that is not there, as before a build. */
  load(subpath?: string): Promise<unknown>;
}

interface Manifest {
  readonly version: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Finds the package `name` as programs in `folder` see it; undefined when it is not installed. */
export function findPackage(name: string, folder: string): FolderPackage | undefined {
  const { resolve } = createRequire(join(folder, 'package.json'));
  let path: string;
  try {
    path = resolve(`${name}/package.json`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  const { version, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const peers = Object.entries(peerDependencies).filter(
    ([peer]) => peerDependenciesMeta[peer]?.optional !== true,
  );
  return {
    name,
    directory: dirname(path),
    version,
    peers: Object.fromEntries(peers),
    load: async (subpath = '') => import(pathToFileURL(resolve(name + subpath)).href),
  };
}
