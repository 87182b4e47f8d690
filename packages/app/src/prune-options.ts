import { Option, type Command } from 'commander';
import { parsePositive, parseSize } from './options.ts';

/** The flags of {@link addPruneOptions}. */
export interface PruneFlags {
  readonly model: string;
  readonly out: string;
  readonly json: boolean;
  readonly tolerance: number;
  readonly targetMacs?: number;
  readonly dims?: readonly string[];
}

/** Adds what the command `prune` is told. */
export function addPruneOptions(command: Command): Command {
  return command
    .description('remove the dead components of a saved model, and weak ones for a target')
    .requiredOption('--model <folder>', 'model folder, such as the dense folder of a run')
    .requiredOption('--out <folder>', 'folder of the smaller model')
    .option(
      '--tolerance <x>',
      'weights up to this size count as zero; above 0 it is an approximation',
      parseSize,
      0,
    )
    .addOption(
      new Option(
        '--target-macs <x>',
        'remove weak components too, an approximation, until this is left: a share of the multiply-adds below 1, or a number',
      )
        .argParser(parsePositive)
        .conflicts('tolerance'),
    )
    .option('--dims <names,...>', 'dimensions to look at; default: the recurrent ones', (names) =>
      names.split(','),
    )
    .option('--json', 'print JSON', false);
}
