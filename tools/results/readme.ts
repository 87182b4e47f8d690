import { formatResult } from '../../apps/language-modeling/src/result.ts';
import { markdown, mean, runsOf, share, thousands } from './kept.ts';
import type { LanguageModelRun } from './language-models.ts';

/** What the short table calls the kinds of runs in it, by the start of their names. */
const shown = {
  'quick-dense-s': 'dense',
  'quick-dense-11-s': 'dense, with as many epochs as the last row',
  'quick-dense-20-s': 'dense, with the epochs of the last row and of its teacher',
  'quick-direct-taught-s': 'dense, of the sizes of the last row, with the same teacher',
  'quick-s': '**with a budget of 40 %**',
} as const;

/** What the README shows of the preset `quick`: means over the seeds in few columns. */
export function shortTable(runs: readonly LanguageModelRun[]): string {
  const full = Math.max(...runs.map(({ result }) => result.pruned.macsPerWord));
  const rows = Object.entries(shown).map(([start, label]) => {
    const own = runsOf(runs, start);
    const of = (value: (result: LanguageModelRun['result']) => number): number =>
      mean(own.map(({ result }) => value(result)));
    const macs = of(({ pruned }) => pruned.macsPerWord);
    return [
      label,
      `${thousands(Math.round(macs))} (${share(macs, full)})`,
      of(({ pruned }) => pruned.perplexity.valid).toFixed(1),
      of(({ pruned }) => pruned.perplexity.test).toFixed(1),
    ];
  });
  return markdown(
    ['network', 'multiply-adds a word', 'perplexity, validation', 'perplexity, test'],
    rows,
  );
}

/** What the overview of the results shows: the same, and what a run of the preset prints at its end. */
export function overviewTexts(runs: readonly LanguageModelRun[]): Record<string, string> {
  const first = runs.find(({ name }) => name === 'quick-s1');
  if (first === undefined) throw new Error('results: expected a kept run quick-s1, found none.');
  return {
    'quick-short': shortTable(runs),
    'npm start': `\`\`\`\n${formatResult(first.result)}\n\`\`\``,
  };
}
