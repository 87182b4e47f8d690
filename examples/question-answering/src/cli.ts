import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { Interrupted, parseCount, parseNumber, startBackend } from '@whittle/app';
import { readRun } from '@whittle/training';
import { askCommand, evaluateCommand, pruneCommand } from './commands/model.ts';
import { addSettingsOptions, runDirectoryOf, settingsFrom } from './commands/options.ts';
import { trainCommand } from './commands/train.ts';
import type { Score } from './data/score.ts';
import { excerpt } from './excerpt.ts';
import { writeRunReport } from './report.ts';
import { formatResult, type Result } from './result.ts';
import { checkSettings, type Settings } from './settings.ts';
import { verifyRun } from './verify.ts';

// Results go to stdout and everything else to stderr, so that `--json` can be piped.
const say = (line: string): void => {
  console.error(line);
};
const print = (value: unknown, json: boolean, text: () => string): void => {
  console.log(json ? JSON.stringify(value) : text());
};

interface TrainFlags {
  readonly run?: string;
  readonly resume?: string;
  readonly checkpointEvery: number;
  readonly json: boolean;
  readonly silent: boolean;
}

async function train(flags: TrainFlags & Record<string, unknown>): Promise<void> {
  const settings =
    flags.resume === undefined ? settingsFrom(flags) : checkSettings(readRun(flags.resume).config);
  const directory = flags.resume ?? flags.run ?? runDirectoryOf(flags, settings);
  const { checkpointEvery, silent } = flags;
  const result = await trainCommand(settings, {
    ...shared(),
    ...{ directory, checkpointEvery, silent, say },
  });
  print(result, flags.json, () => `\n${formatResult(result)}\n`);
  say(`report: ${directory}/report.html`);
}

const program = new Command('qa')
  .description('BiDAF, whose LSTMs find their own sizes while it learns to answer questions.')
  .option('--threads <n>', 'threads of the wasm backend; default: one for each core', parseCount)
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(--help lists the options)');

/** What every command takes, before its name or after. */
const shared = (): { readonly threads?: number } => program.opts();

addSettingsOptions(
  program
    .command('train', { isDefault: true })
    .description('train, prune, verify and measure in a run directory; without a name it is this'),
)
  .option('--run <folder>', 'run directory; default: runs/ and the settings that differ')
  .option('--resume <folder>', 'go on with the run in this folder, with the settings it began with')
  .option('--checkpoint-every <steps>', 'steps from one checkpoint to the next', parseCount, 100)
  .option('--json', 'print the result as JSON', false)
  .option('--silent', 'no progress', false)
  .action(train);

program
  .command('evaluate')
  .description('exact match and F1 of a saved model on validation and test questions')
  .requiredOption('--model <folder>', 'model folder of a run')
  .option('--data <folder>', 'folder of SQuAD files; default: the embedded questions')
  .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu', 'auto')
  .option('--json', 'print JSON', false)
  .action(async (flags) => {
    const result = await evaluateCommand({ ...shared(), ...flags });
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
  .option('--backend <name>', 'auto, webgpu, node-gpu, node, wasm or cpu', 'auto')
  .option('--json', 'print JSON', false)
  .action(async (question: string, flags) => {
    const located = await askCommand({ ...shared(), ...flags }, question);
    print(located, flags.json, () => excerpt(readFileSync(flags.context, 'utf8'), located));
  });

program
  .command('prune')
  .description('remove the dead components of a saved model')
  .requiredOption('--model <folder>', 'model folder, such as the dense folder of a run')
  .requiredOption('--out <folder>', 'folder of the smaller model')
  .option(
    '--tolerance <x>',
    'weights up to this size count as zero; above 0 it is an approximation',
    parseNumber,
    0,
  )
  .option('--json', 'print JSON', false)
  .action(async (flags) => {
    const result = await pruneCommand(flags);
    print(result, flags.json, () => result.text);
  });

program
  .command('report')
  .description('write report.html of a finished run again and print its table')
  .requiredOption('--run <folder>', 'run directory')
  .option('--json', 'print the result as JSON', false)
  .action((flags: { run: string; json: boolean }) => {
    const run = readRun(flags.run);
    const result = run.readResult() as Result | undefined;
    if (result === undefined) {
      throw new Error(
        `report: ${flags.run} has no result.json, so its run is not finished; go on with it: train --resume ${flags.run}`,
      );
    }
    const file = writeRunReport(flags.run, result, run.config as Settings);
    print(result, flags.json, () => formatResult(result));
    say(`report: ${file}`);
  });

program
  .command('verify <run>', { hidden: true })
  .option('--data <folder>')
  .option('--backend <name>', '', 'auto')
  .action(async (directory: string, flags: { data?: string; backend: string }) => {
    await startBackend(flags);
    console.log(JSON.stringify(await verifyRun(directory, flags.data ?? null)));
  });

try {
  await program.parseAsync();
} catch (error) {
  if (process.env['WHITTLE_DEBUG']) throw error;
  console.error(`qa: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
}
