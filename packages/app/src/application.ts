import { join } from 'node:path';
import { Command } from 'commander';
import { readRun } from '@secateur/training/run';
import type { z } from 'zod';
import { columnNames } from './column-names.ts';
import { addExportOptions, onnxLine, type ExportFlags } from './onnx-options.ts';
import type { WrittenOnnx } from './onnx.ts';
import { flagOf, parseCount, runDirectoryOf, type RawFlags } from './options.ts';
import { idleFlags } from './penalty-settings.ts';
import { print, say } from './program.ts';
import { addPruneOptions, type PruneFlags } from './prune-options.ts';
import {
  addBackendOption,
  addModelOptions,
  addRunOptions,
  type ModelFlags,
  type RunFlags,
  type RunOptions,
} from './run-options.ts';
import {
  addSettingsOptions,
  givenSettings,
  refuseSettings,
  type SettingsForm,
} from './setting-options.ts';

/**
 * What is an application's own in the commands that all have. What runs a network is loaded by those that need it, so that the
 * others start at once.
 */
export interface Application<Settings, Result, Scores> {
  readonly settings: SettingsForm<Settings>;
  /** Names of the commands that train with what the help says of them; the last is meant when none is named. */
  readonly trainings: Readonly<Record<string, string>>;
  /** What the names of run directories begin with, before the preset. */
  readonly prefix: string;
  /** Steps from one checkpoint to the next, unless told otherwise. */
  readonly checkpointEvery: number;
  /** The backend of a saved model, unless told otherwise. */
  readonly backend: string;
  /** Whether `prune` runs the networks, to measure the difference. */
  readonly pruneRuns: boolean;
  /** What the help says of `evaluate` and of its option `--data`. */
  readonly evaluate: { readonly help: string; readonly data: string };
  /** What `evaluate` prints. */
  scores(scores: Scores): string;
  /** The form of `result.json`, whose author may be somebody else. */
  readonly result: z.ZodType<Result>;
  /** A result as text, with results of other runs beside it by the names of their columns. */
  format(result: Result, beside?: Readonly<Record<string, Result>>): string;
  /** What `train` prints below that. */
  sample?(result: Result): string;
  train(): Promise<{ trainCommand(settings: Settings, options: RunOptions): Promise<Result> }>;
  model(): Promise<{
    evaluateCommand(flags: ModelFlags & { readonly data?: string }): Promise<Scores>;
    pruneCommand(flags: ModelFlags & PruneFlags): Promise<{ readonly text: string }>;
    exportCommand(flags: ExportFlags): Promise<WrittenOnnx>;
  }>;
  report(): Promise<{
    writeRunReport(
      directory: string,
      result: Result,
      settings: Settings,
      beside: Readonly<Record<string, Result>>,
    ): string;
  }>;
  verify(): Promise<{ verifyRun(directory: string, data: string | null): Promise<unknown> }>;
}

/** The command line of an application with the commands that all have; its `parseAsync` can run more than once. */
export function applicationProgram<
  Settings extends { readonly preset: string; readonly targetMacs: number | null },
  Result,
  Scores,
>(name: string, description: string, app: Application<Settings, Result, Scores>): Command {
  const program = new Command(name)
    .description(description)
    .option('--threads <n>', 'threads of the wasm backend; default: one for each core', parseCount)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help lists the options)');

  const train = async (flags: RunFlags & RawFlags): Promise<void> => {
    const { settings: form } = app;
    if (flags.resume !== undefined) refuseSettings(form, flags);
    const settings =
      flags.resume === undefined ? form.from(flags) : form.check(readRun(flags.resume).config);
    const given = givenSettings(form.schemas, flags);
    for (const idle of idleFlags(flags, settings)) {
      say(`--${flagOf(idle)} has no effect here: there is no --target-macs`);
    }
    const directory =
      flags.resume ?? flags.run ?? runDirectoryOf(`${app.prefix}${settings.preset}`, flags, given);
    const { checkpointEvery, silent } = flags;
    const options = { ...program.opts(), ...{ directory, checkpointEvery, silent, say } };
    const result = await (await app.train()).trainCommand(settings, options);
    const sample = app.sample === undefined ? '' : `\n${app.sample(result)}\n`;
    print(result, flags.json, () => `\n${app.format(result)}\n${sample}`);
    say(`report: ${join(directory, 'report.html')}`);
  };
  const names = Object.keys(app.trainings);
  for (const training of names) {
    const command = program.command(training, { isDefault: training === names.at(-1) });
    addSettingsOptions(command.description(app.trainings[training]!), app.settings);
    addRunOptions(command, app.checkpointEvery).action(train);
  }

  addModelOptions(program.command('evaluate'), app.backend)
    .description(app.evaluate.help)
    .option('--data <folder>', app.evaluate.data)
    .option('--json', 'print JSON', false)
    .action(async (flags: ModelFlags & { readonly json: boolean }) => {
      const scores = await (await app.model()).evaluateCommand({ ...program.opts(), ...flags });
      print(scores, flags.json, () => app.scores(scores));
    });

  const prune = addPruneOptions(program.command('prune'));
  if (app.pruneRuns) addBackendOption(prune, app.backend);
  prune.action(async (flags: ModelFlags & PruneFlags) => {
    const pruned = await (await app.model()).pruneCommand({ ...program.opts(), ...flags });
    print(pruned, flags.json, () => pruned.text);
  });

  const exporting = addExportOptions(program.command('export'), app.backend);
  exporting.action(async (flags: ExportFlags) => {
    const written = await (await app.model()).exportCommand({ ...program.opts(), ...flags });
    print(written, flags.json, () => onnxLine(flags.onnx, written));
  });

  program
    .command('report')
    .description('write report.html of a finished run again and print its table')
    .requiredOption('--run <folder>', 'run directory')
    .option('--beside <folders...>', 'run directories of other networks, as columns of the table')
    .option('--json', 'print the result as JSON', false)
    .action(async (flags: { run: string; beside?: readonly string[]; json: boolean }) => {
      const { config, result } = finishedRun(flags.run, app.result);
      const runs = flags.beside ?? [];
      const names = columnNames(runs);
      const others = runs.map(
        (run, i) => [names[i]!, finishedRun(run, app.result).result] as const,
      );
      const beside = Object.fromEntries(others);
      const { writeRunReport } = await app.report();
      const file = writeRunReport(flags.run, result, app.settings.check(config), beside);
      print(result, flags.json, () => app.format(result, beside));
      say(`report: ${file}`);
    });

  program
    .command('verify <run>', { hidden: true })
    .option('--data <folder>')
    .option('--backend <name>', '', 'auto')
    .action(async (directory: string, flags: { data?: string; backend: string }) => {
      await (await import('./backend.ts')).startBackend(flags);
      const { verifyRun } = await app.verify();
      console.log(JSON.stringify(await verifyRun(directory, flags.data ?? null)));
    });
  return program;
}

/** Reads the settings and the result of a finished run. */
function finishedRun<Result>(
  directory: string,
  form: z.ZodType<Result>,
): { readonly config: unknown; readonly result: Result } {
  const run = readRun(directory);
  const saved = run.readResult();
  if (saved === undefined) {
    throw new Error(
      `report: ${directory} has no result.json, so its run is not finished; go on with it: train --resume ${directory}`,
    );
  }
  const read = form.safeParse(saved);
  if (read.success) return { config: run.config, result: read.data };
  const { path, message } = read.error.issues[0]!;
  throw new Error(
    `report: ${join(directory, 'result.json')}: expected the result of a run of this program, found at ${path.join('.') || 'its top'}: ${message}; the file is damaged: delete it and go on with the run: train --resume ${directory}`,
  );
}
