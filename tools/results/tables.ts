import { commandOf, isDirect, type Kept } from './kept.ts';

const number = (value: number): string => value.toLocaleString('en-GB');

function kindOf(each: Kept, all: readonly Kept[]): string {
  const { lambda } = each.result;
  if (lambda > 0) return `ISS, λ = ${lambda}`;
  return isDirect(each, all) ? 'dense, direct design' : 'dense';
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The table of the stacked LSTM's runs. */
export function stackedLstmTable(all: readonly Kept[]): string {
  const head =
    'network|seed|units|parameters|multiply-adds a word|perplexity, validation|test|training, s|command';
  return markdown(
    head.split('|'),
    all.map((each) => {
      const { pruned, seed, trainingSeconds } = each.result;
      return [
        kindOf(each, all),
        String(seed),
        pruned.sizes.join(', '),
        number(pruned.parameters),
        number(pruned.macsPerWord),
        pruned.perplexity.valid.toFixed(2),
        pruned.perplexity.test.toFixed(2),
        trainingSeconds.toFixed(0),
        `\`${commandOf(each.name, 'quick')}\``,
      ];
    }),
  );
}

/** The table of a Recurrent Highway Network's runs, in the manner of the paper's Table 2. */
export function highwayTable(all: readonly Kept[]): string {
  const head =
    'method|λ|perplexity, validation|test|width|parameters|multiply-adds a word|best epoch|training, s|command';
  return markdown(
    head.split('|'),
    all.map((each) => {
      const { pruned, lambda, epoch, epochs, trainingSeconds } = each.result;
      return [
        kindOf(each, all).replace(/,? λ.*/, ''),
        String(lambda),
        pruned.perplexity.valid.toFixed(2),
        pruned.perplexity.test.toFixed(2),
        String(pruned.sizes[0]),
        number(pruned.parameters),
        number(pruned.macsPerWord),
        `${epoch} of ${epochs}`,
        trainingSeconds.toFixed(0),
        `\`${commandOf(each.name, 'quick')}\``,
      ];
    }),
  );
}
