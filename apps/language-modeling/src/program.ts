import {
  addModelOptions,
  applicationProgram,
  parseCount,
  parsePositive,
  parseSeed,
  print,
} from '@secateur/app/command';
import { settingsForm } from './commands/options.ts';
import { formatResult, resultSchema } from './result.ts';

const model = () => import('./commands/model.ts');

/** The command line; its `parseAsync` can run more than once. */
export const program = applicationProgram(
  'lm',
  'A language model of LSTMs or of a Recurrent Highway Network that slims itself while it learns.',
  {
    settings: settingsForm,
    trainings: {
      train: 'train, prune, verify and measure a language model in a run directory',
      start: 'what `npm start` does: train with the quick preset',
    },
    prefix: '',
    checkpointEvery: 200,
    backend: 'auto',
    pruneRuns: true,
    evaluate: {
      help: 'perplexity of a saved model on validation and test text',
      data: 'folder of the text; default: the embedded addresses, for a model that learned from them',
    },
    result: resultSchema,
    format: formatResult,
    sample: ({ sample }) => sample,
    scores: ({ text, valid, test }) =>
      `perplexity on ${text}: validation ${valid.toFixed(2)}, test ${test.toFixed(2)}`,
    train: () => import('./commands/train.ts'),
    model,
    report: () => import('./report.ts'),
    verify: () => import('./verify.ts'),
  },
);

addModelOptions(program.command('sample'), 'auto')
  .description('draw text from a saved model')
  .option('--words <n>', 'words to draw', parseCount, 100)
  .option('--temperature <x>', 'below 1 the likely words are favoured more', parsePositive, 0.8)
  .option('--prompt <text>', 'words to begin with', '')
  .option('--seed <n>', 'seed of the draw', parseSeed, 1)
  .action(async (flags) => {
    const text = await (await model()).sampleCommand({ ...program.opts(), ...flags });
    print(text, false, () => text);
  });
