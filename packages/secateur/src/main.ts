import { terminalText } from '@secateur/input';
import { Command, CommanderError } from 'commander';
import type { ExitCode, Surroundings } from './command.ts';
import { commands } from './commands.ts';
import { version } from './version.ts';

const exitCodes = `
Exit codes:
  0  done
  1  the command failed, or found what it checks to be wrong
  2  the command line makes no sense`;

/** Runs the program with its arguments and returns the exit code. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let code: ExitCode = 0;
  let running = 'secateur';
  const program = new Command('secateur')
    .description(
      'Makes the recurrent network in a file smaller: LSTMs and GRUs in files of PyTorch, Keras, TensorFlow.js, ONNX and Secateur.',
    )
    .version(version, '-v, --version', 'the version of this program')
    .helpOption('-h, --help', 'this text; after a command, what the command does and takes')
    .helpCommand(false)
    .configureOutput({
      writeOut: surroundings.print,
      writeErr: surroundings.complain,
      outputError: (text, write) => {
        write(text.replace(/^error: /, `${running}: `));
      },
    })
    .addHelpText('after', exitCodes)
    .exitOverride()
    .hook('preSubcommand', async (_, command) => {
      running = `secateur ${command.name()}`;
      const file = await commands[command.name()]!.load();
      file.configure(command);
      command.action(async () => {
        code = await file.run(command, surroundings);
      });
    });
  for (const [name, { summary }] of Object.entries(commands)) {
    program.command(name).summary(summary).helpOption('-h, --help', 'this text');
  }
  try {
    await program.parseAsync(args[0] === 'help' ? [...args.slice(1), '--help'] : args, {
      from: 'user',
    });
  } catch (error) {
    // Commander has printed what it throws.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    surroundings.complain(
      // Names in it may come from a file of others.
      `${running}: ${terminalText(error instanceof Error ? error.message : String(error))}\n`,
    );
    return 1;
  }
  return code;
}
