import { formatResult } from '../../apps/language-modeling/src/result.ts';
import { seedsTable, type LanguageModelRun } from './language-models.ts';

/** What the README shows of the preset `quick`: what a run of it prints at its end, and the means over the seeds. */
export function readmeTexts(runs: readonly LanguageModelRun[]): Record<string, string> {
  const first = runs.find(({ name }) => name === 'quick-s1');
  if (first === undefined) throw new Error('results: expected a kept run quick-s1, found none.');
  // Equal effort: those of the README are trained for as many epochs as the student, or learn from the same teacher.
  const shown = runs.filter(({ name }) =>
    /^quick-(s|dense-s|dense-11-s|direct-taught-s)\d$/.test(name),
  );
  return {
    'npm start': `\`\`\`\n${formatResult(first.result)}\n\`\`\``,
    'quick-seeds': seedsTable(shown),
  };
}
