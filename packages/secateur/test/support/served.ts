import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { loadedSourceCommand } from '@secateur/testing/command';
import { afterAll } from 'vitest';
import type { Ended } from './terminal.ts';

/**
 * A function that runs the program in the package's folder, all command lines of a file of tests in one process. It has a TensorFlow.js
 * of its own, which is not that of the tests, and takes longer to load that than most commands take.
 */
export function servedProgram(): (...args: string[]) => Promise<Ended> {
  let serving: ChildProcess | undefined;
  afterAll(() => {
    serving?.kill();
  });
  return (...args) =>
    new Promise((resolve, reject) => {
      const child = (serving ??= start());
      const fail = (code: number | null, signal: string | null): void => {
        reject(
          new Error(`served: expected ${args.join(' ')} to end, found ${String(code ?? signal)}.`),
        );
      };
      child.once('exit', fail);
      child.once('message', (ended: Ended) => {
        child.off('exit', fail);
        resolve(ended);
      });
      child.send(args);
    });
}

function start(): ChildProcess {
  const [program, ...args] = loadedSourceCommand(join(import.meta.dirname, 'serve.ts'));
  return spawn(program, args, {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}
