import { addBackendOption, applicationProgram, print } from '@secateur/app/command';
import { settingsForm } from './commands/options.ts';
import type { Score } from './data/score.ts';
import { excerpt } from './excerpt.ts';
import { formatResult, resultSchema } from './result.ts';

const model = () => import('./commands/model.ts');

const scoreLine = (name: string, { exactMatch, f1, questions }: Score): string =>
  `${name}: exact match ${exactMatch.toFixed(2)}, F1 ${f1.toFixed(2)} of ${questions} questions`;

/** The command line; its `parseAsync` can run more than once. */
export const program = applicationProgram(
  'qa',
  'BiDAF, whose LSTMs find their own sizes while it learns to answer questions.',
  {
    settings: settingsForm,
    trainings: {
      train: 'train, prune, verify and measure in a run directory; without a name it is this',
    },
    prefix: 'qa-',
    checkpointEvery: 100,
    backend: 'wasm',
    pruneRuns: false,
    evaluate: {
      help: 'exact match and F1 of a saved model on validation and test questions',
      data: 'folder of SQuAD files; default: the embedded questions, for a model that learned from them',
    },
    result: resultSchema,
    format: formatResult,
    scores: ({ questions, valid, test }) =>
      [questions, scoreLine('validation', valid), scoreLine('test', test)].join('\n'),
    train: () => import('./commands/train.ts'),
    model,
    report: () => import('./report.ts'),
    verify: () => import('./verify.ts'),
  },
);

const ask = program
  .command('ask')
  .description('answer a question about a text and show where the text says it')
  .argument('<question>', 'the question')
  .requiredOption('--context <file>', 'text file')
  .option('--model <folder>', 'model folder of a run', 'runs/qa-quick/model')
  .option('--json', 'print JSON', false);
addBackendOption(ask, 'wasm').action(async (question, flags) => {
  const asked = { ...program.opts(), ...flags };
  const { context, located } = await (await model()).askCommand(asked, question);
  print(located, flags.json, () => excerpt(context, located));
});
