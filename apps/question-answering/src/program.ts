import { join } from 'node:path';
import { Command } from 'commander';
import {
  addExportOptions,
  addPruneOptions,
  addReportCommand,
  addRunOptions,
  onnxLine,
  parseCount,
  print,
  say,
  type ExportFlags,
  type RunFlags,
} from '@secateur/app/command';
import { readRun } from '@secateur/training/run';
import { addSettingsOptions, runDirectoryOf, settingsFrom } from './commands/options.ts';
import type { Score } from './data/score.ts';
import { excerpt } from './excerpt.ts';
import { formatResult, resultSchema } from './result.ts';
import { checkSettings } from './settings.ts';

/** What runs a network is loaded by the commands that need it, so that the others start at once. */
const models = () => import('./commands/model.ts');

async function train(flags: RunFlags & Record<string, unknown>): Promise<void> {
  const settings =
    flags.resume === undefined ? settingsFrom(flags) : checkSettings(readRun(flags.resume).config);
  const directory = flags.resume ?? flags.run ?? runDirectoryOf(flags, settings);
  const { checkpointEvery, silent } = flags;
  const { trainCommand } = await import('./commands/train.ts');
  const result = await trainCommand(settings, {
    ...shared(),
    ...{ directory, checkpointEvery, silent, say },
  });
  print(result, flags.json, () => `\n${formatResult(result)}\n`);
  say(`report: ${join(directory, 'report.html')}`);
}

/** The command line; its `parseAsync` can run more than once. */
export const program = new Command('qa')
  .description('BiDAF, whose LSTMs find their own sizes while it learns to answer questions.')
  .option('--threads <n>', 'threads of the wasm backend; default: one for each core', parseCount)
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(--help lists the options)');

/** What every command takes, before its name or after. */
const shared = (): { readonly threads?: number } => program.opts();

const training = program
  .command('train', { isDefault: true })
  .description('train, prune, verify and measure in a run directory; without a name it is this');
addRunOptions(addSettingsOptions(training), 100).action(train);

program
  .command('evaluate')
  .description('exact match and F1 of a saved model on validation and test questions')
  .requiredOption('--model <folder>', 'model folder of a run')
  .option('--data <folder>', 'folder of SQuAD files; default: the embedded questions')
  .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu', 'wasm')
  .option('--json', 'print JSON', false)
  .action(async (flags) => {
    const result = await (await models()).evaluateCommand({ ...shared(), ...flags });
    const line = (name: string, { exactMatch, f1, questions }: Score): string =>
      `${name}: exact match ${exactMatch.toFixed(2)}, F1 ${f1.toFixed(2)} of ${questions} questions`;
    print(result, flags.json, () =>
      [line('validation', result.valid), line('test', result.test)].join('\n'),
    );
  });

program
  .command('ask')
  .description('answer a question about a text and show where the text says it')
  .argument('<question>', 'the question')
  .requiredOption('--context <file>', 'text file')
  .option('--model <folder>', 'model folder of a run', 'runs/qa-quick/model')
  .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu', 'wasm')
  .option('--json', 'print JSON', false)
  .action(async (question: string, flags) => {
    const { context, located } = await (
      await models()
    ).askCommand({ ...shared(), ...flags }, question);
    print(located, flags.json, () => excerpt(context, located));
  });

addPruneOptions(program.command('prune')).action(async (flags) => {
  const result = await (await models()).pruneCommand(flags);
  print(result, flags.json, () => result.text);
});

addExportOptions(program.command('export'), 'wasm').action(async (flags: ExportFlags) => {
  const result = await (await models()).exportCommand({ ...shared(), ...flags });
  print(result, flags.json, () => onnxLine(flags.onnx, result));
});

addReportCommand(program, {
  result: resultSchema,
  settings: checkSettings,
  write: async (...of) => (await import('./report.ts')).writeRunReport(...of),
  format: formatResult,
});

program
  .command('verify <run>', { hidden: true })
  .option('--data <folder>')
  .option('--backend <name>', '', 'auto')
  .action(async (directory: string, flags: { data?: string; backend: string }) => {
    const { startBackend } = await import('@secateur/app');
    const { verifyRun } = await import('./verify.ts');
    await startBackend(flags);
    console.log(JSON.stringify(await verifyRun(directory, flags.data ?? null)));
  });
