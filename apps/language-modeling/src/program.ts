import { join } from 'node:path';
import { Command } from 'commander';
import {
  addExportOptions,
  addPruneOptions,
  addReportCommand,
  addRunOptions,
  onnxLine,
  parseCount,
  parsePositive,
  parseSeed,
  print,
  say,
  type ExportFlags,
  type RunFlags,
} from '@secateur/app/command';
import { readRun } from '@secateur/training/run';
import { addSettingsOptions, runDirectoryOf, settingsFrom } from './commands/options.ts';
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
    directory,
    checkpointEvery,
    silent,
    say,
  });
  print(result, flags.json, () => `\n${formatResult(result)}\n\n${result.sample}\n`);
  say(`report: ${join(directory, 'report.html')}`);
}

/** The command line; its `parseAsync` can run more than once. */
export const program = new Command('lm')
  .description(
    'A language model of LSTMs or of a Recurrent Highway Network that slims itself while it learns.',
  )
  .option('--threads <n>', 'threads of the wasm backend; default: one for each core', parseCount)
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(--help lists the options)');

/** What every command takes, before its name or after. */
const shared = (): { readonly threads?: number } => program.opts();

for (const [name, description] of [
  ['train', 'train, prune, verify and measure a language model in a run directory'],
  ['start', 'what `npm start` does: train with the quick preset'],
] as const) {
  const command = program.command(name, { isDefault: name === 'start' }).description(description);
  addRunOptions(addSettingsOptions(command), 200).action(train);
}

program
  .command('evaluate')
  .description('perplexity of a saved model on validation and test text')
  .requiredOption('--model <folder>', 'model folder of a run')
  .option('--data <folder>', 'text; default: the embedded addresses the model was trained on')
  .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu', 'auto')
  .option('--json', 'print JSON', false)
  .action(async (flags) => {
    const result = await (await models()).evaluateCommand({ ...shared(), ...flags });
    print(
      result,
      flags.json,
      () => `perplexity: validation ${result.valid.toFixed(2)}, test ${result.test.toFixed(2)}`,
    );
  });

addPruneOptions(program.command('prune'))
  .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu', 'auto')
  .action(async (flags) => {
    const result = await (await models()).pruneCommand({ ...shared(), ...flags });
    print(result, flags.json, () => result.text);
  });

program
  .command('sample')
  .description('draw text from a saved model')
  .requiredOption('--model <folder>', 'model folder of a run')
  .option('--words <n>', 'words to draw', parseCount, 100)
  .option('--temperature <x>', 'below 1 the likely words are favoured more', parsePositive, 0.8)
  .option('--prompt <text>', 'words to begin with', '')
  .option('--seed <n>', 'seed of the draw', parseSeed, 1)
  .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu', 'auto')
  .action(async (flags) => {
    const text = await (await models()).sampleCommand({ ...shared(), ...flags });
    print(text, false, () => text);
  });

addExportOptions(program.command('export'), 'auto').action(async (flags: ExportFlags) => {
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
    console.log(JSON.stringify(await verifyRun(directory, flags.data)));
  });
