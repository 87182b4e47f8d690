import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand } from '@secateur/testing/command';
import { cacheFolder, madeInOneGo, run, ToolError } from '@secateur/testing/system';

export interface LocalRegistry {
  /** Its address, on this machine. */
  readonly address: string;
  /** The token of the one user that may publish there. */
  readonly token: string;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Where it keeps its packages, its user and its configuration. */
  readonly folder: string;
  /** The packages that are published to it and never looked for elsewhere. */
  readonly names: readonly string[];
  /** The registry that all other packages come from. */
  readonly upstream: string;
}

/** Verdaccio's configuration: our packages are its own, every other one is fetched from upstream and kept. */
function configuration({ folder, names, upstream }: RegistryOptions): object {
  const own = { access: '$all', publish: '$authenticated' };
  return {
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: 1 } },
    uplinks: { upstream: { url: upstream, timeout: '120s', max_fails: 20 } },
    packages: {
      ...Object.fromEntries(names.map((name) => [name, own])),
      '**': { access: '$all', publish: 'nobody', proxy: 'upstream' },
    },
    web: { enable: false },
    max_body_size: '100mb',
    log: { type: 'file', path: join(folder, 'log'), level: 'warn' },
  };
}

const pinned = join(import.meta.dirname, 'verdaccio');

/** Installs verdaccio, pinned by its lock, into the cache folder, and returns where it is. */
function installVerdaccio(say: (line: string) => void): string {
  const files = ['package.json', 'package-lock.json'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(pinned, file)));
  const target = join(cacheFolder(), `verdaccio-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(target)) return target;
  say('fetching verdaccio, some 60 MB');
  madeInOneGo(target, (folder) => {
    const made = join(folder, 'verdaccio');
    mkdirSync(made);
    for (const file of files) copyFileSync(join(pinned, file), join(made, file));
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
    const [program, ...args] = npmCommand('npm', 'ci', '--prefix', made, ...flags);
    run('release', program, args, 'see that npm reaches its registry, and run this again');
    return made;
  });
  return target;
}

/** Starts a registry on a free port of this machine, with one user. */
export async function startRegistry(
  options: RegistryOptions,
  say: (line: string) => void,
): Promise<LocalRegistry> {
  const installation = installVerdaccio(say);
  mkdirSync(options.folder, { recursive: true });
  // YAML, of which JSON is a part.
  const file = join(options.folder, 'config.yaml');
  writeFileSync(file, JSON.stringify(configuration(options)));
  const child = fork(join(import.meta.dirname, 'serve.mjs'), [installation, file], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A terminal's interrupt is the parent's to handle: it cleans up first and stops this one last.
    detached: true,
  });
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const stop = (): Promise<void> => {
    child.kill();
    return ended;
  };
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (message) => {
        resolve((message as { port: number }).port);
      });
      child.once('error', reject);
      void ended.then(() => {
        reject(
          new ToolError(
            `release: expected verdaccio to start, found that it ended; remove ${installation} and run this again. It printed:\n${errors}`,
          ),
        );
      });
    });
    const address = `http://127.0.0.1:${port}/`;
    return { address, token: await addUser(address), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Adds the one user, with a password that nobody needs again, and returns its token. */
async function addUser(address: string): Promise<string> {
  const name = 'rehearsal';
  const response = await fetch(new URL(`-/user/org.couchdb.user:${name}`, address), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: randomBytes(24).toString('hex') }),
  });
  const { token } = (await response.json()) as { token?: string };
  if (token !== undefined) return token;
  throw new ToolError(
    `release: expected a token of the local registry, found HTTP ${response.status}; run this again.`,
  );
}
