import { join } from 'node:path';
import type { Command } from 'commander';
import { messageText, terminalText } from '@secateur/input';
import type { z } from 'zod';
import { dropUnwritable, readRun } from '@secateur/training';
import { parseCount } from './options.ts';
import { Interrupted } from './session.ts';

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
    /** Writes the page and returns its path. */
    write(directory: string, result: Result, settings: Settings): string;
    /** The table. */
    format(result: Result): string;
  },
): void {
  program
    .command('report')
    .description('write report.html of a finished run again and print its table')
    .requiredOption('--run <folder>', 'run directory')
    .option('--json', 'print the result as JSON', false)
    .action((flags: { run: string; json: boolean }) => {
      const run = readRun(flags.run);
      const found = run.readResult();
      if (found === undefined) {
        throw new Error(
          `report: ${flags.run} has no result.json, so its run is not finished; go on with it: train --resume ${flags.run}`,
        );
      }
      const read = of.result.safeParse(found);
      if (!read.success) {
        const { path, message } = read.error.issues[0]!;
        throw new Error(
          `report: ${join(flags.run, 'result.json')}: expected the result of a run of this program, found at ${path.join('.') || 'its top'}: ${message}; the file is damaged: delete it and go on with the run: train --resume ${flags.run}`,
        );
      }
      const file = of.write(flags.run, read.data, of.settings(run.config));
      print(read.data, flags.json, () => of.format(read.data));
      say(`report: ${file}`);
    });
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
