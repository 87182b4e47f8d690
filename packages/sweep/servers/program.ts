import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A server on loopback that a test started. */
export interface Server {
  readonly port: number;
  /** Id of its process, another one after a restart. */
  pid(): number;
  /** Ends it, waits until it is gone, and removes what it kept. */
  stop(): Promise<void>;
  /** Ends it by SIGKILL; what it had written stays for {@link Restartable.restart}. */
  kill(): Promise<void>;
}

/** A {@link Server} that keeps what it was told while it is away. */
export interface Restartable extends Server {
  /** Ends it, unless it is dead already, and starts it again on the same port and data; `away` ms lie between. */
  restart(away?: number): Promise<void>;
}

/** How a program is started. */
export interface ProgramOptions {
  /** Such as `Redis`, for messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Whose process it becomes; only root may say. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Throws, or returns false, until it answers as it should. An open port is enough without it. */
  readonly ready?: () => Promise<boolean>;
}

/** A program that runs. */
export interface Running {
  readonly pid: number;
  /** Sends a signal and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a program and waits until it answers on its port. It dies with this process, unless that is killed by SIGKILL.
 *
 * @throws Error with what the program printed, when it ends by itself.
 */
export async function startProgram(options: ProgramOptions): Promise<Running> {
  const { name, command, args, port, env, cwd, user, ready = () => answers(port) } = options;
  const child: ChildProcess = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...user,
  });
  let printed = '';
  let over = false;
  const gone = new Promise<void>((resolve) => {
    const end = (): void => {
      over = true;
      process.off('exit', killNow);
      resolve();
    };
    child.once('error', (error) => {
      printed += error.message;
      end();
    });
    child.once('exit', end);
  });
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (data: Buffer) => (printed = (printed + data.toString()).slice(-4000)));
  }
  while (!(await ready().catch(() => false))) {
    if (over) {
      throw new Error(
        `servers: expected ${name} to answer on port ${port}, found that it ended: ${printed.trim()}`,
      );
    }
    await wait(20);
  }
  return {
    pid: child.pid!,
    end: async (signal) => {
      if (!over) child.kill(signal);
      await gone;
    },
  };
}

/** Whether something listens on a port of loopback. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** A port of loopback that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** Where a program is: in the folders given, or in those of PATH. */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [...folders, ...path]
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
