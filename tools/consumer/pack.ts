import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand, type Command } from '@secateur/testing/command';
import { root } from '../root.ts';

/** What the checks read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
  readonly bin?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

/** A package that is published, and where it is. */
export interface PublicPackage {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** Every published package of the repository at `root`. */
export function publicPackages(root: string): PublicPackage[] {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const directory = join(root, 'packages', folder);
    const file = join(directory, 'package.json');
    // A folder that a branch has left behind, or a file that a system puts into every folder.
    if (!existsSync(file)) return [];
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    return manifest.private === true ? [] : [{ directory, manifest }];
  });
}

/** Every published package. */
export const packages: readonly PublicPackage[] = publicPackages(root);

/** True for a package that is a program: it has no main entry to import, and so no types. */
export const isProgram = ({ exports, bin }: Manifest): boolean =>
  !('.' in exports) && bin !== undefined;

/** What users can import from a package, by subpath (`.` is the package itself), each with its conditions. */
export function entryPoints({ exports }: Manifest): [string, Readonly<Record<string, string>>][] {
  return Object.entries(exports).flatMap(([subpath, conditions]) =>
    typeof conditions === 'string' ? [] : [[subpath, conditions]],
  );
}

/** The command's stdout; what a failing command printed becomes the error, or nobody could tell why it failed. */
export function run(command: Command, cwd: string): string {
  const [program, ...args] = command;
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(
    `${command.join(' ')} failed (${error?.message ?? `exit ${String(status)}`}):\n${stdout}\n${stderr}`,
  );
}

/** Packs a built package into `target` and returns the path of the tarball. */
export function pack(directory: string, name: string, target: string): string {
  if (!existsSync(join(directory, 'dist'))) {
    throw new Error(
      `${name} has no dist to pack; run \`npm run build\` first (npm run test:programs does).`,
    );
  }
  const [packed] = JSON.parse(
    run(
      npmCommand('npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', target),
      directory,
    ),
  ) as { filename: string }[];
  return join(target, packed!.filename);
}
