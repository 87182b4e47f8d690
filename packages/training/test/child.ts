import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { sourceCommand } from '@secateur/testing/command';

/** A child process and what it says. */
export interface Child {
  readonly process: ChildProcess;
  /** Resolves when the child has written this line; rejects if it ends without. */
  said(line: string): Promise<void>;
  /** Resolves when it has ended. */
  readonly ended: Promise<{
    code: number | null;
    signal: string | null;
    output: string;
    errors: string;
  }>;
}

/** Runs a TypeScript file of `fixtures` in a Node process of its own, on the sources of the packages. */
export function runFixture(name: string, args: readonly string[]): Child {
  const file = join(import.meta.dirname, 'fixtures', `${name}.ts`);
  const [program, ...rest] = sourceCommand(file, ...args);
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  let waiting: (() => void)[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    for (const check of waiting) check();
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<Awaited<Child['ended']>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, output, errors });
    });
  });
  return {
    process: child,
    ended,
    said: (line) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!output.includes(`${line}\n`)) return;
          waiting = waiting.filter((other) => other !== check);
          resolve();
        };
        waiting.push(check);
        check();
        void ended.then(({ code }) => {
          reject(
            new Error(
              `expected "${line}" from ${name}, found status ${String(code)}: ${output}${errors}`,
            ),
          );
        }, reject);
      }),
  };
}
