import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, type CliOptions, type Ended } from '@secateur/testing';
import { tiny } from '../../apps/language-modeling/test/support/text.ts';
import { root } from '../root.ts';

const cli = join(root, 'apps/language-modeling/src/cli.ts');

/** The command that trains a small language model, dropout and compaction on, with a checkpoint every 20 steps. */
export const trainCommand = (data: string, run: string): readonly string[] => [
  ...['train', '--data', data, '--run', run, '--checkpoint-every', '20', ...tiny],
  ...['--dropout', '0.1', '--compact-every', '3', '--json', '--silent'],
];

/** Trains in a process of its own. */
export const training = (args: readonly string[], options: CliOptions = {}): Promise<Ended> =>
  runCli(cli, args, options);

/** A training that was left alone: what it left, and how long it took in ms. */
export interface Alone {
  readonly bits: string;
  readonly duration: number;
}

/** Trains without any trouble. */
export async function trainAlone(data: string, run: string): Promise<Alone> {
  const start = Date.now();
  const { code, stderr } = await training(trainCommand(data, run));
  if (code !== 0) throw new Error(`torture: expected a training, found: ${stderr}`);
  return { bits: bitsOf(run), duration: Date.now() - start };
}

/** What a finished run leaves, as far as it must not depend on how the run came to its end. */
export function bitsOf(run: string): string {
  const file = (name: string): string => readFileSync(join(run, name)).toString('latin1');
  return ['dense/model.safetensors', 'model/model.safetensors', 'metrics.jsonl']
    .map(file)
    .join('\n');
}
