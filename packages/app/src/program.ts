import { CommanderError, type Command } from 'commander';
import { messageText, terminalText } from '@secateur/input';
import { dropUnwritable, exitCodeOf, FAILS_AGAIN } from '@secateur/training/run';
import { Interrupted } from './interrupted.ts';
import { SettingsError } from './settings-error.ts';

/** Tells something on the standard error: the standard output is for results, so that `--json` can be piped. */
export function say(line: string): void {
  console.error(terminalText(line));
}

/** Prints a result, as JSON or as text, with the control characters that a model or a text brought along escaped. */
export function print(value: unknown, json: boolean, text: () => string): void {
  console.log(terminalText(json ? JSON.stringify(value) : text()));
}

/**
 * Runs a command line; an error is one line on the standard error, or all of it with SECATEUR_DEBUG. The exit code is 42 for what
 * would fail the same way again, a divergence or settings that do not fit, and 1 for the rest.
 */
export async function runProgram(program: Command): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) dropUnwritable(stream);
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    // Commander has printed what it throws; its help ends well.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : FAILS_AGAIN;
      return;
    }
    if (process.env['SECATEUR_DEBUG']) throw error;
    const message = error instanceof Error ? error.message : String(error);
    // Lines are ours here: settings are listed one on each.
    say(`${program.name()}: ${message.split('\n').map(messageText).join('\n')}`);
    process.exitCode = codeOf(error);
  }
}

function codeOf(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode;
  return error instanceof SettingsError ? FAILS_AGAIN : exitCodeOf(error);
}
