import { setTimeout as wait } from 'node:timers/promises';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { findProgram, freePort, startProgram, type Restartable } from './program.ts';
import { isRequired } from './required.ts';

/** Redis that a test started. */
export interface RedisServer extends Restartable {
  /** Such as `redis://127.0.0.1:40123`. */
  readonly url: string;
}

/** Why {@link startRedis} cannot work here, for tests that are skipped then. */
export function redisMissing(): string | undefined {
  return !isRequired() && findProgram('redis-server') === undefined
    ? 'expected redis-server in PATH, found none; install it (Debian: apt-get install redis-server)'
    : undefined;
}

/**
 * Starts Redis on loopback, with an append-only file in a temporary folder, so that a queue survives a restart.
 *
 * @throws Error when there is no redis-server.
 */
export async function startRedis(): Promise<RedisServer> {
  const missing = redisMissing();
  if (missing !== undefined) throw new Error(`startRedis: ${missing}.`);
  const folder = temporaryFolder();
  const port = await freePort();
  const start = () =>
    startProgram({
      name: 'Redis',
      command: findProgram('redis-server') ?? 'redis-server',
      args: [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
        ...['--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'],
      ],
      port,
    });
  let running = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: () => running.pid,
    kill: () => running.end('SIGKILL'),
    restart: async (away = 0) => {
      await running.end('SIGTERM');
      await wait(away);
      running = await start();
    },
    stop: async () => {
      await running.end('SIGTERM');
      removeFolder(folder);
    },
  };
}
