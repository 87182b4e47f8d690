import { CommandError } from './command-error.ts';
import { findPackage, type FolderPackage } from './folder-packages.ts';
import { version } from './version.ts';

const contract = '@secateur/backend';
/** The packages that register a driver with it. */
const driverNames = ['webgpu', 'node', 'wasm'].map((name) => `@secateur/backend-${name}`);

/**
 * Finds the backend packages that programs in `folder` see, `@secateur/backend` first. Throws a {@link CommandError}
 * with the command that mends it where `@secateur/backend` or one of its peers is missing, or where a package is not of
 * this program's version.
 */
export function findBackendPackages(folder: string): [FolderPackage, ...FolderPackage[]] {
  const backend = findPackage(contract, folder);
  if (backend === undefined) {
    throw new CommandError(
      `expected the package ${contract}, found none in this folder; npm install ${contract}@${version}.`,
    );
  }
  const drivers = driverNames.flatMap((name) => findPackage(name, folder) ?? []);
  checkVersions([backend, ...drivers]);
  const missing = Object.entries(backend.peers).filter(
    ([peer]) => findPackage(peer, backend.directory) === undefined,
  );
  if (missing.length > 0) {
    const packages = missing.length === 1 ? 'package' : 'packages';
    throw new CommandError(
      `expected the ${packages} ${missing.map(([peer]) => peer).join(', ')}, found none; npm install ${missing.map(([peer, range]) => `${peer}@${range}`).join(' ')}.`,
    );
  }
  return [backend, ...drivers];
}

/** `1.2` of `1.2.3`: what may differ between packages of one minor version breaks nothing. */
const minor = (full: string): string => full.split('.').slice(0, 2).join('.');

function checkVersions(found: readonly FolderPackage[]): void {
  const others = found.filter((one) => minor(one.version) !== minor(version));
  if (others.length === 0) return;
  // Packages that agree with each other may stay as they are: the program of their version goes with them.
  const agree = new Set(found.map((one) => minor(one.version))).size === 1;
  const program = agree ? `run npx secateur@${found[0]!.version} instead, or ` : '';
  throw new CommandError(
    `expected packages of version ${minor(version)} like this program, as they are released together, found ${others.map((one) => `${one.name} ${one.version}`).join(', ')}; ${program}npm install ${others.map(({ name }) => `${name}@${version}`).join(' ')}.`,
  );
}
