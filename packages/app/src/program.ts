import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { messageText, terminalText } from '@secateur/input';
import type { z } from 'zod';
import { dropUnwritable, readRun } from '@secateur/training/run';
import { parseCount } from './options.ts';
import { Interrupted } from './interrupted.ts';

/** Tells something on the standard error: the standard output is for results, so that `--json` can be piped. */
export function say(line: string): void {
  console.error(terminalText(line));
}

/** Prints a result, as JSON or as text, with the control characters that a model or a text brought along escaped. */
export function print(value: unknown, json: boolean, text: () => string): void {
  console.log(terminalText(json ? JSON.stringify(value) : text()));
}

/** The flags of {@link addRunOptions}. */
export interface RunFlags {
  readonly run?: string;
  readonly resume?: string;
  readonly checkpointEvery: number;
  readonly json: boolean;
  readonly silent: boolean;
}

/** Adds what a training in a run directory is told beside its settings. */
export function addRunOptions(command: Command, checkpointEvery: number): Command {
  return command
    .option(
      '--run <folder>',
      'run directory; default: runs/ and the settings that differ from the preset',
    )
    .option(
      '--resume <folder>',
      'go on with the run in this folder, with the settings it began with',
    )
    .option(
      '--checkpoint-every <steps>',
      'steps from one checkpoint to the next',
      parseCount,
      checkpointEvery,
    )
    .option('--json', 'print the result as JSON', false)
    .option('--silent', 'no progress', false);
}

/** Adds the command `report`: the page of a finished run once more, and its table. */
export function addReportCommand<Result, Settings>(
  program: Command,
  of: {
    /** The form of `result.json`, whose author may be somebody else. */
    readonly result: z.ZodType<Result>;
    /** Checks the settings in `config.json`. */
    settings(config: unknown): Settings;
    /** Writes the page, with results of other runs beside this one, and returns its path. */
    write(
      directory: string,
      result: Result,
      settings: Settings,
      beside: Readonly<Record<string, Result>>,
    ): Promise<string>;
    /** The table. */
    format(result: Result, beside: Readonly<Record<string, Result>>): string;
  },
): void {
  program
    .command('report')
    .description('write report.html of a finished run again and print its table')
    .requiredOption('--run <folder>', 'run directory')
    .option('--beside <folders...>', 'run directories of other networks, as columns of the table')
    .option('--json', 'print the result as JSON', false)
    .action(async (flags: { run: string; beside?: readonly string[]; json: boolean }) => {
      const { config, result } = finishedRun(flags.run, of.result);
      const beside = Object.fromEntries(
        (flags.beside ?? []).map((each) => [basename(each), finishedRun(each, of.result).result]),
      );
      const file = await of.write(flags.run, result, of.settings(config), beside);
      print(result, flags.json, () => of.format(result, beside));
      say(`report: ${file}`);
    });
}

/** Reads the settings and the result of a finished run. */
function finishedRun<Result>(
  directory: string,
  form: z.ZodType<Result>,
): { readonly config: unknown; readonly result: Result } {
  const run = readRun(directory);
  const found = run.readResult();
  if (found === undefined) {
    throw new Error(
      `report: ${directory} has no result.json, so its run is not finished; go on with it: train --resume ${directory}`,
    );
  }
  const read = form.safeParse(found);
  if (read.success) return { config: run.config, result: read.data };
  const { path, message } = read.error.issues[0]!;
  throw new Error(
    `report: ${join(directory, 'result.json')}: expected the result of a run of this program, found at ${path.join('.') || 'its top'}: ${message}; the file is damaged: delete it and go on with the run: train --resume ${directory}`,
  );
}

/** Runs a command line; an error is one line on the standard error, or all of it with SECATEUR_DEBUG. */
export async function runProgram(program: Command): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) dropUnwritable(stream);
  try {
    await program.parseAsync();
  } catch (error) {
    if (process.env['SECATEUR_DEBUG']) throw error;
    const message = error instanceof Error ? error.message : String(error);
    // Lines are ours here: settings are listed one on each.
    say(`${program.name()}: ${message.split('\n').map(messageText).join('\n')}`);
    process.exitCode = error instanceof Interrupted ? error.exitCode : 1;
  }
}
