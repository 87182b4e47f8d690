import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** One network's figures in `result.json`, as far as the pages tell them. */
export interface Figures {
  readonly sizes: readonly number[];
  readonly parameters: number;
  readonly macsPerWord: number;
  readonly msPerBatch: number;
  readonly perplexity: { readonly valid: number; readonly test: number };
}

/** What a run's `result.json` says, as far as the pages tell it. */
export interface RunResult {
  readonly dense: Figures;
  readonly pruned: Figures;
  readonly lambda: number;
  readonly seed: number;
  readonly epochs: number;
  readonly epoch?: number;
  readonly trainingSeconds: number;
}

/** A kept result under the name of its run. */
export interface Kept {
  readonly name: string;
  readonly result: RunResult;
}

/** Copies the results of run directories into a folder of kept ones. */
export function keep(runs: readonly string[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const run of runs) {
    copyFileSync(join(run, 'result.json'), join(folder, `${basename(run)}.json`));
  }
}

/** Reads all kept results: by lambda, then from large networks to small ones, then by seed. */
export function readKept(folder: string): Kept[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      name: basename(file, '.json'),
      result: JSON.parse(readFileSync(join(folder, file), 'utf8')) as RunResult,
    }))
    .sort(
      ({ result: a }, { result: b }) =>
        a.lambda - b.lambda || b.dense.parameters - a.dense.parameters || a.seed - b.seed,
    );
}

/** Whether a run trained a dense network that is smaller than the largest: direct design at a found size. */
export function isDirect({ result }: Kept, all: readonly Kept[]): boolean {
  const full = Math.max(...all.map((each) => each.result.dense.parameters));
  return result.lambda === 0 && result.dense.parameters < full;
}

/**
 * The command that made a run, whose folder is named after its preset and the settings that were given. `preset` is the
 * one that the command need not name.
 */
export function commandOf(name: string, preset: string): string {
  const [first, ...parts] = name.split(/-(?=[a-zA-Z]+=)/);
  const chosen = first === preset ? [] : [`--preset ${first}`];
  const options = parts
    .map((part) => part.split('='))
    .map(([key, value]) => `--${key!.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} ${value}`);
  return ['npm run lm -- train', ...chosen, ...options].join(' ');
}
