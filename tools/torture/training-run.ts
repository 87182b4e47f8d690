import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { sourceCommand } from '@secateur/testing/command';
import { tiny } from '../../examples/language-modeling/test/support/text.ts';

const cli = join(import.meta.dirname, '../../examples/language-modeling/src/cli.ts');

/** The command that trains a small language model, dropout and compaction on, with a checkpoint every 20 steps. */
export const trainCommand = (data: string, run: string): readonly string[] => [
  ...['train', '--data', data, '--run', run, '--checkpoint-every', '20', ...tiny],
  ...['--keep', '0.9', '--compact-every', '3', '--json', '--silent'],
];

/** How a training ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** Trains in a process of its own; `kill` is the number of ms after which it is killed. */
export function training(
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly kill?: number } = {},
): Promise<Ended> {
  const { env = {}, kill } = options;
  const [program, ...rest] = sourceCommand(cli, ...args);
  const child = spawn(program, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const timer = kill === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), kill);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, errors });
    });
  });
}

/** A training that was left alone: what it left, and how long it took in ms. */
export interface Alone {
  readonly bits: string;
  readonly duration: number;
}

/** Trains without any trouble. */
export async function trainAlone(data: string, run: string): Promise<Alone> {
  const start = Date.now();
  const { code, errors } = await training(trainCommand(data, run));
  if (code !== 0) throw new Error(`torture: expected a training, found: ${errors}`);
  return { bits: bitsOf(run), duration: Date.now() - start };
}

/** What a finished run leaves, as far as it must not depend on how the run came to its end. */
export function bitsOf(run: string): string {
  const file = (name: string): string => readFileSync(join(run, name)).toString('latin1');
  return ['dense/model.safetensors', 'model/model.safetensors', 'metrics.jsonl']
    .map(file)
    .join('\n');
}
