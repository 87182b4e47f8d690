import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmCommand } from '@secateur/testing/command';
import { publicPackages, type PublicPackage } from '../../consumer/pack.ts';
import { installNode } from '../../nodes/install.ts';
import { ToolError } from '@secateur/testing/system';
import { consume } from './consume.ts';
import { copyTracked } from './copy.ts';
import { packagesNotLinked, type Lock } from './installed.ts';
import { localEnvironment, requireLocalPublishing } from './loopback.ts';
import { startRegistry, type LocalRegistry } from './registry.ts';
import { runCommand, type CommandOptions } from './run-command.ts';

export interface RehearsalOptions {
  /** The repository. It is read and never changed. */
  readonly root: string;
  /** The versions of Node that use what is published. */
  readonly nodes: readonly string[];
  readonly say: (line: string) => void;
  /** Ends the rehearsal early; everything is cleaned up all the same. */
  readonly signal: AbortSignal;
}

/**
 * Releases a copy of the repository to an npm registry on this machine, installs every package from there by name, and
 * runs the consumer program on each Node. Returns what was published.
 */
export async function rehearse({
  root,
  nodes,
  say,
  signal,
}: RehearsalOptions): Promise<PublicPackage[]> {
  if (process.platform === 'win32') {
    throw new ToolError(
      'release: expected Linux or macOS, found Windows, which has no process groups to end a rehearsal with; rehearse there, or in WSL.',
    );
  }
  const binaries = new Map(nodes.map((version) => [version, installNode(version, say)]));
  const folder = mkdtempSync(join(tmpdir(), 'secateur-release-'));
  const repository = join(folder, 'repository');
  let registry: LocalRegistry | undefined;
  try {
    const env = Object.fromEntries(
      // Set in a git hook, GIT_DIR and its like would mean the checkout, wherever git runs.
      Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')),
    );
    // A daemon of nx would outlive its folder.
    const here: CommandOptions = { cwd: repository, env: { ...env, NX_DAEMON: 'false' }, signal };
    const upstream = await runCommand(npmCommand('npm', 'config', 'get', 'registry'), {
      ...here,
      cwd: root,
    });

    say('copying the tracked files');
    await copyTracked(root, repository, here);
    say('npm ci');
    await runCommand(npmCommand('npm', 'ci'), here);
    say('npm run version');
    await runCommand(npmCommand('npm', 'run', 'version'), here);
    // Fails where the lock does not fit the new versions.
    await runCommand(npmCommand('npm', 'ci', '--dry-run'), here);
    const packages = publicPackages(repository);
    requireLinked(repository, packages);
    say('npm run build');
    await runCommand(npmCommand('npm', 'run', 'build'), here);

    const names = packages.map(({ manifest }) => manifest.name);
    registry = await startRegistry(
      { folder: join(folder, 'registry'), names, upstream: upstream.trim() },
      say,
    );
    const home = join(folder, 'home');
    const local = { ...here, env: localEnvironment(env, { registry: registry.address, home }) };
    mkdirSync(home);
    const { host } = new URL(registry.address);
    writeFileSync(join(home, 'npmrc'), `//${host}/:_authToken=${registry.token}\n`);
    say(`changeset publish, to ${registry.address}`);
    await publish(packages, local);

    for (const [version, binary] of binaries) {
      const project = join(folder, `node-${version}`);
      say(`Node ${version}: npm install by name, from ${registry.address}`);
      await consume({ packages, project, binary, registry: registry.address, local, say });
    }
    return packages;
  } finally {
    await registry?.stop();
    // Processes that were told to end may still write for a moment.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** Throws where a range inside the repository does not let the new versions in. */
function requireLinked(repository: string, packages: readonly PublicPackage[]): void {
  const lock = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as Lock;
  const names = packages.map(({ manifest }) => manifest.name);
  const unlinked = packagesNotLinked(lock, names);
  if (unlinked.length === 0) return;
  throw new ToolError(
    `release: expected every range inside the repository to let the new versions in, found that npm took ${unlinked.join(', ')} from a registry; mend the ranges in package.json.`,
  );
}

/** Publishes as a release does, after asking npm, in the very environment, where it would publish to. */
async function publish(packages: readonly PublicPackage[], local: CommandOptions): Promise<void> {
  await requireLocalPublishing(
    packages.map(({ manifest }) => manifest),
    async (key) => (await runCommand(npmCommand('npm', 'config', 'get', key), local)).trim(),
  );
  await runCommand([join(local.cwd, 'node_modules/.bin/changeset'), 'publish'], local);
}
