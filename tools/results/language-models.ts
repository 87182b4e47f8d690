import { markdown, thousands, type Kept } from './kept.ts';

/** One network's figures in `result.json`, as far as the pages tell them. */
interface Figures {
  readonly sizes: readonly number[];
  readonly parameters: number;
  readonly macsPerWord: number;
  readonly perplexity: { readonly valid: number; readonly test: number };
}

/** What a run's `result.json` says, as far as the pages tell it. */
interface RunResult {
  readonly dense: Figures;
  readonly pruned: Figures;
  readonly lambda: number;
  readonly seed: number;
  readonly epochs: number;
  readonly epoch?: number;
  readonly trainingSeconds: number;
}

/** A kept run of the language model. */
export type LanguageModelRun = Kept<RunResult>;

/** Sorts by lambda, then from large networks to small ones, then by seed. */
export function byLambda(runs: readonly LanguageModelRun[]): LanguageModelRun[] {
  return [...runs].sort(
    ({ result: a }, { result: b }) =>
      a.lambda - b.lambda || b.dense.parameters - a.dense.parameters || a.seed - b.seed,
  );
}

/** Whether a run trained a dense network that is smaller than the largest: direct design at a found size. */
function isDirect({ result }: LanguageModelRun, all: readonly LanguageModelRun[]): boolean {
  const full = Math.max(...all.map((each) => each.result.dense.parameters));
  return result.lambda === 0 && result.dense.parameters < full;
}

/**
 * The command that made a run, whose folder is named after its preset and the settings that were given. `preset` is the
 * one that the command need not name.
 */
function commandOf(name: string, preset: string): string {
  const [first, ...parts] = name.split(/-(?=[a-zA-Z]+=)/);
  const chosen = first === preset ? [] : [`--preset ${first}`];
  const options = parts
    .map((part) => part.split('='))
    .map(([key, value]) => `--${key!.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} ${value}`);
  return ['npm run lm -- train', ...chosen, ...options].join(' ');
}

function methodOf(each: LanguageModelRun, all: readonly LanguageModelRun[]): string {
  if (each.result.lambda > 0) return 'ISS';
  return isDirect(each, all) ? 'dense, direct design' : 'dense';
}

/** The table of the stacked LSTM's runs. */
export function stackedLstmTable(all: readonly LanguageModelRun[]): string {
  const head =
    'network|seed|units|parameters|multiply-adds a word|perplexity, validation|test|training, s|command';
  return markdown(
    head.split('|'),
    all.map((each) => {
      const { pruned, lambda, seed, trainingSeconds } = each.result;
      return [
        methodOf(each, all) + (lambda > 0 ? `, λ = ${lambda}` : ''),
        String(seed),
        pruned.sizes.join(', '),
        thousands(pruned.parameters),
        thousands(pruned.macsPerWord),
        pruned.perplexity.valid.toFixed(2),
        pruned.perplexity.test.toFixed(2),
        trainingSeconds.toFixed(0),
        `\`${commandOf(each.name, 'quick')}\``,
      ];
    }),
  );
}

/** The table of a Recurrent Highway Network's runs, in the manner of the paper's Table 2. */
export function highwayTable(all: readonly LanguageModelRun[]): string {
  const head =
    'method|λ|perplexity, validation|test|width|parameters|multiply-adds a word|best epoch|training, s|command';
  return markdown(
    head.split('|'),
    all.map((each) => {
      const { pruned, lambda, epoch, epochs, trainingSeconds } = each.result;
      return [
        methodOf(each, all),
        String(lambda),
        pruned.perplexity.valid.toFixed(2),
        pruned.perplexity.test.toFixed(2),
        String(pruned.sizes[0]),
        thousands(pruned.parameters),
        thousands(pruned.macsPerWord),
        `${epoch} of ${epochs}`,
        trainingSeconds.toFixed(0),
        `\`${commandOf(each.name, 'quick')}\``,
      ];
    }),
  );
}
