import { terminalText } from '@secateur/input';
import { Command, CommanderError } from 'commander';
import { messageOf } from '../message-of.ts';
import { add } from './add.ts';
import { cancel } from './cancel.ts';
import { emit } from './emit.ts';
import { find } from './find.ts';
import { front } from './front.ts';
import { report } from './report.ts';
import { status } from './status.ts';
import type { Subcommand } from './subcommand.ts';
import type { CommandSurroundings } from './surroundings.ts';
import { work } from './work.ts';

/** Every command under `secateur sweep`, in the order of its help. */
const subcommands: Readonly<Record<string, Subcommand>> = {
  ...{ add, work, status, cancel },
  ...{ front, find, emit, report },
};

/**
 * Runs `secateur sweep` with the arguments after it. Exit code 1: it failed. 2: the command line makes no sense.
 *
 * @example
 * ```ts
 * import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { sweep } from '@secateur/sweep/commands';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const command = ['node', 'train.js', '{run}', '{rate}'];
 * const text = JSON.stringify({ name: 'rates', command, settings: { rate: [0.1, 0.2] } });
 * writeFileSync(join(folder, 'sweep.json'), text);
 * const surroundings = { folder, print: () => undefined, complain: () => undefined };
 * await sweep(['emit', 'slurm', 'sweep.json', '--store', 'runs/store'], surroundings); // => 0
 * readdirSync(folder).sort(); // => ['rates.sbatch', 'rates.trials.jsonl', 'sweep.json']
 * rmSync(folder, { recursive: true });
 * ```
 */
export async function sweep(
  args: readonly string[],
  surroundings: CommandSurroundings,
): Promise<0 | 1 | 2> {
  let code: 0 | 1 = 0;
  let running = 'secateur sweep';
  const program = new Command('secateur sweep')
    .description(
      'Many trainings, on one machine or on many, that survive the death of any of them.',
    )
    .helpOption('-h, --help', 'this text; after a command, what the command does and takes')
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Exit codes:
  0  done
  1  the command failed, or trials did
  2  the command line makes no sense`,
    )
    .configureOutput({
      writeOut: surroundings.print,
      writeErr: surroundings.complain,
      outputError: (text, write) => write(text.replace(/^error: /, `${running}: `)),
    })
    .exitOverride()
    .hook('preSubcommand', (_, command) => {
      running = `secateur sweep ${command.name()}`;
    });
  for (const [name, { summary, configure, run }] of Object.entries(subcommands)) {
    const command = program.command(name).summary(summary).helpOption('-h, --help', 'this text');
    configure(command);
    command.action(async () => {
      code = await run(command, surroundings);
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // Commander has printed what it throws.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // What `emit` refuses names itself.
    const own = `${running.split(' ').at(-1)}: `;
    const message = messageOf(error);
    const told = message.startsWith(own) ? message.slice(own.length) : message;
    surroundings.complain(`${running}: ${terminalText(told)}\n`);
    return 1;
  }
  return code;
}
