import { execFile, execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { findProgram, freePort, startProgram, type Restartable, type Running } from './program.ts';
import { isRequired } from './required.ts';

/** PostgreSQL that a test started. */
export interface PostgresServer extends Restartable {
  /** Such as `postgres://postgres@127.0.0.1:40124/postgres`. */
  readonly url: string;
}

/** Where Debian puts the programs of each version; they are not in PATH. */
const DEBIAN = '/usr/lib/postgresql';

/** It dies often here, but never the system: what it wrote is there without waiting for the disk. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'fsync=off',
];

/** Why {@link startPostgres} cannot work here, for tests that are skipped then. */
export function postgresMissing(): string | undefined {
  if (isRequired()) return undefined;
  if (initdb() === undefined) {
    return `expected initdb of PostgreSQL in PATH or in ${DEBIAN}, found none; install it (Debian: apt-get install postgresql)`;
  }
  return asRoot() && postgresUser() === undefined
    ? 'expected the user postgres, since PostgreSQL does not run as root, found none; make one, or run this as another user'
    : undefined;
}

/**
 * Starts PostgreSQL on loopback, with its data in a temporary folder; as the user postgres where this is root.
 *
 * @throws Error when it is not installed.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const missing = postgresMissing();
  if (missing !== undefined) throw new Error(`startPostgres: ${missing}.`);
  const programs = dirname(initdb() ?? 'initdb');
  const user = asRoot() ? postgresUser()! : undefined;
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user !== undefined) for (const path of [folder, data]) chownSync(path, user.uid, user.gid);
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder, ...user },
  );
  const port = await freePort();
  const start = () =>
    startProgram({
      name: 'PostgreSQL',
      command: join(programs, 'postgres'),
      args: ['-D', data, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])],
      port,
      cwd: folder,
      ready: () => accepts(programs, port),
      ...(user === undefined ? {} : { user }),
    });
  /** Processes of a killed server take a moment to die, and hold its memory until then. */
  const startAgain = async (): Promise<Running> => {
    for (;;) {
      try {
        return await start();
      } catch (error) {
        if (!String(error).includes('pre-existing shared memory block')) throw error;
        await wait(100);
      }
    }
  };
  let running = await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    pid: () => running.pid,
    kill: () => running.end('SIGKILL'),
    restart: async (away = 0) => {
      // SIGINT ends sessions; SIGTERM would wait for their clients.
      await running.end('SIGINT');
      await wait(away);
      running = await startAgain();
    },
    stop: async () => {
      await running.end('SIGINT');
      removeFolder(folder);
    },
  };
}

/** The port is open before the database is: it says "starting up" until then. */
async function accepts(programs: string, port: number): Promise<boolean> {
  const args = ['-q', '-h', '127.0.0.1', '-p', String(port)];
  await promisify(execFile)(join(programs, 'pg_isready'), args);
  return true;
}

function initdb(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  return findProgram(
    'initdb',
    newestFirst.map((version) => join(DEBIAN, version, 'bin')),
  );
}

const asRoot = (): boolean => process.getuid?.() === 0;

/** The user that Debian's package makes. */
function postgresUser(): { readonly uid: number; readonly gid: number } | undefined {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
