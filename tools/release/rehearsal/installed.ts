/** What is read of a project's package-lock.json. */
export interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly name?: string;
        readonly version?: string;
        readonly resolved?: string;
        readonly link?: boolean;
        readonly inBundle?: boolean;
      }
    >
  >;
}

export interface Release {
  readonly name: string;
  readonly version: string;
}

/** The name of the package at a path of a lock, such as `node_modules/a/node_modules/@b/c`. */
const nameAt = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 13);

/** What is wrong with the files of an installed package, given as paths below it with `/` between folders. */
export function faultsOfFiles(files: readonly string[]): string[] {
  const missing = ['LICENSE', 'README.md', 'package.json'].filter((name) => !files.includes(name));
  if (!files.some((file) => file.startsWith('dist/'))) missing.push('dist');
  const tests = files.filter((file) =>
    /(^|\/)(tests?|__tests__)\/|\.(test|spec)\.[cm]?[jt]sx?$/.test(file),
  );
  return [
    ...missing.map((name) => `expected ${name}, found none`),
    ...tests.map((file) => `expected no tests, found ${file}`),
  ];
}

/**
 * What is wrong with an installation by name: every package must have come from the registry at `address`, and each of
 * `releases` must be there once, at its version.
 */
export function faultsOfInstallation(
  lock: Lock,
  address: string,
  releases: readonly Release[],
): string[] {
  const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
  const foreign = entries
    .filter(([, { resolved, inBundle }]) => inBundle !== true && !resolved?.startsWith(address))
    .map(([path, { resolved }]) => `expected ${path} from ${address}, found ${String(resolved)}`);
  const wrong = releases.flatMap(({ name, version }) => {
    const copies = entries
      .filter(([path]) => nameAt(path) === name)
      .map(([path, entry]) => `${String(entry.version)} at ${path}`);
    return copies.length === 1 && copies[0] === `${version} at node_modules/${name}`
      ? []
      : [`expected one ${name} ${version}, found ${copies.join(' and ') || 'none'}`];
  });
  return [...foreign, ...wrong];
}

/**
 * The packages of ours that a workspace's installation took from a registry instead of from the workspace itself, which
 * npm does, without a word, where a range does not let the workspace's version in.
 */
export function packagesNotLinked(lock: Lock, names: readonly string[]): string[] {
  return Object.entries(lock.packages)
    .filter(
      ([path, { link }]) =>
        path.includes('node_modules/') && link !== true && names.includes(nameAt(path)),
    )
    .map(([path, { version }]) => `${path} ${String(version)}`);
}
